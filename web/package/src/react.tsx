'use client';
// The widget in React.
import { useEffect, useRef, useState, type CSSProperties } from 'react';
import { load, type LoadOptions, type WidgetHandle } from './load.js';
import type { WidgetEvents, WidgetHandler } from './options.js';

/** Handlers by event; they may change with every drawing. */
export type WidgetHandlers = { [E in keyof WidgetEvents]?: WidgetHandler<E> };

const EVENTS = ['ready', 'opened', 'closed', 'message', 'unread', 'thinking', 'owner', 'error'] as const;

/**
 * Puts the widget on the page for as long as the component is. Another bot, user, language, container or corner makes it anew;
 * changed parameters and colours are applied. Undefined while drawing for the first time, and on the server.
 */
export function useWidget(options: LoadOptions, handlers: WidgetHandlers = {}): WidgetHandle | undefined {
  const [handle, setHandle] = useState<WidgetHandle>();
  const { src, bot_id, user_id, user_token, language_code, container, widgetButton, params_from_site, colors, color } = options;
  const { x, y } = widgetButton?.position ?? {};
  const now = useRef({ options, handlers });
  now.current = { options, handlers };
  // A fresh token of the same user is no other user.
  const user = user_id ?? user_token;
  const params = JSON.stringify(params_from_site);
  const tree = JSON.stringify(colors ?? color);

  useEffect(() => {
    const made = load(now.current.options);
    for (const event of EVENTS) made.on(event, (detail: object) => (now.current.handlers[event] as ((detail: object) => void) | undefined)?.(detail));
    setHandle(made);
    return () => {
      made.destroy();
      setHandle(undefined);
    };
  }, [`${src}`, bot_id, user, language_code, container, x, y]);

  useEffect(() => {
    if (handle && params) handle.setParams(JSON.parse(params));
  }, [handle, params]);
  useEffect(() => {
    if (handle && tree) handle.setColors(JSON.parse(tree));
  }, [handle, tree]);
  return handle;
}

export interface ChatLauncherProps extends Omit<LoadOptions, 'container'> {
  on?: WidgetHandlers;
}

export interface ChatProps extends ChatLauncherProps {
  className?: string;
  style?: CSSProperties;
}

/** The launcher in a corner of the page. Draws nothing of its own. */
export function ChatLauncher({ on, ...options }: ChatLauncherProps): null {
  useWidget(options, on);
  return null;
}

/** The chat as a part of the page: gives it the size of this element. */
export function Chat({ on, className, style, ...options }: ChatProps) {
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  return (
    <div ref={setElement} className={className} style={style}>
      {element && <Inside options={{ ...options, container: element }} on={on} />}
    </div>
  );
}

function Inside({ options, on }: { options: LoadOptions; on: WidgetHandlers | undefined }): null {
  useWidget(options, on);
  return null;
}
