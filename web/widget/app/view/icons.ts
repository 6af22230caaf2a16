// The few icons, drawn in the text's colour. All are decoration: what they mean is said in words.
import { h } from '../dom.ts';

const icon = (d: string) => () => h('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, h('path', { d }));

export const CloseIcon = icon('m6 6 12 12M18 6 6 18');
export const SendIcon = icon('M12 19V5m-6 6 6-6 6 6');
export const ClipIcon = icon('M12 5v14M5 12h14');
export const ClockIcon = icon('M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z');
export const TickIcon = icon('m5 12.5 4.5 4.5L19 7.5');
export const SeenIcon = icon('m2 13 4 4 8-9m-3 7 2.5 2L22 8');
export const MoreIcon = icon('M5 12v.01M12 12v.01M19 12v.01');
export const SmileIcon = icon('M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM9 10v.01m6-.01v.01M8.5 14.5c2 2 5 2 7 0');
export const LinkIcon = icon('M8 16 17 7m-7 0h7v7');
export const BotIcon = icon('M6.4 17.3A9 7.7 0 1 1 9.7 18.6L6 20.5ZM8.5 11.5v.01m3.5-.01v.01m3.5-.01v.01');
