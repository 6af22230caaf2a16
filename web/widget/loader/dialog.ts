/**
 * A modal dialog of the page makes all else inert: moves the widget into it until it closes. Only where the browser can
 * move a frame without loading it again; elsewhere the widget stays where it is.
 */
export function intoDialog(host: HTMLElement, signal: AbortSignal): void {
  const dialog = [...document.querySelectorAll<HTMLDialogElement>('dialog[open]')].findLast((one) => one.matches(':modal'));
  const home = host.parentElement;
  if (!dialog?.moveBefore || !home?.moveBefore || dialog.contains(host)) return;
  dialog.moveBefore(host, null);
  dialog.addEventListener('close', () => host.isConnected && home.isConnected && home.moveBefore(host, null), { once: true, signal });
}
