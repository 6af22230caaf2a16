// The Switchboard chat on a page.
export { createEmbedCode } from './embed.js';
export { load, type LoadOptions, type ScriptSource, type WidgetHandle } from './load.js';
export type { Colors, Identity, WidgetEvent, WidgetEvents, WidgetHandler, WidgetOptions } from './options.js';
