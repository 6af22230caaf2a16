import type { Server } from 'socket.io';

type Event = Record<string, unknown> & { type: string; text?: string };

export interface Gateway {
  url: string;
  io: Server & { sockets: { sockets: Map<string, { conn: { transport: { send: unknown }; on(event: 'packet', heard: (packet: { type: string }) => void): void } }> } };
  generation: string;
  conversation: string;
  log: Event[];
  seen: Event[];
  asked: Record<string, unknown>[];
  mailed: Record<string, unknown>[];
  loggedOut: Record<string, unknown>[];
  auths: Record<string, unknown>[];
  refuseConnect: { code: string; message: string; field?: string } | undefined;
  refuseMessage: { code: string; message: string } | undefined;
  loseAck: boolean;
  settings: Record<string, unknown>;
  publish(message: Record<string, unknown>): Event;
  live(name: string, data: unknown): void;
  drop(): void;
  close(): Promise<void>;
}

export function startGateway(options?: {
  port?: number;
  bot?: (event: Event, gateway: Gateway) => unknown;
  origins?: string[];
  settings?: Record<string, unknown>;
  custom?: { css?: string; html?: string; js?: string };
  pages?: Record<string, string | { body: string; headers: Record<string, string> }>;
  pingInterval?: number;
  pingTimeout?: number;
  conversation?: string;
}): Promise<Gateway>;
