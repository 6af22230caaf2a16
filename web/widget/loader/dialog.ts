/**
 * A modal dialog of the page makes all else inert: moves the widget into it until it closes, or goes. Only where the
 * browser can move a frame without loading it again; elsewhere the widget stays where it is.
 */
export function intoDialog(host: HTMLElement, signal: AbortSignal, reloads: () => void): void {
  const dialog = [...document.querySelectorAll<HTMLDialogElement>('dialog[open]')].findLast((one) => one.matches(':modal'));
  const home = host.parentElement;
  if (!dialog?.moveBefore || !home?.moveBefore || dialog.contains(host)) return;
  dialog.moveBefore(host, null);
  const watch = new MutationObserver(() => {
    if (dialog.isConnected && dialog.open) return;
    watch.disconnect();
    if (!home.isConnected) return;
    if (host.isConnected) return home.moveBefore(host, null);
    // An application that has removed the dialog has taken the frame along.
    home.append(host);
    reloads();
  });
  watch.observe(document, { childList: true, subtree: true, attributeFilter: ['open'] });
  signal.addEventListener('abort', () => watch.disconnect());
}
