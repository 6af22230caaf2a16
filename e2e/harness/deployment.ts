// A deployment: the product, running, as visitors, operators and machines reach it.

export type Kind = 'all-in-one' | 'services';

export interface Deployment {
  /** Where browsers find everything: http://chat.localhost:port. */
  url: string;
  /** The gateways' own origins; in the all-in-one there is one. */
  gateways: string[];
  /** Where machines speak gRPC: host:port. */
  grpc: { operator: string; history: string };
  /** The first administrator. */
  admin: { email: string; password: string };
  /**
   * Restarts a gateway, which is the whole of the all-in-one, and returns when it is ready: as a deploy
   * does, which leads nobody there meanwhile, or after a crash. `meanwhile` is done while it is not there. It comes back
   * as it was, or as the program of that name in the folder `programs`.
   */
  restart(gateway: string, how: 'stop' | 'kill', meanwhile?: () => Promise<void>, programs?: string): Promise<void>;
  /** The last that its programs said. */
  output(): string;
  stop(): Promise<void>;
}

/** The loopback by the name that is the chat's site in browsers. */
export const chatUrl = (port: number | string) => `http://chat.localhost:${port}`;

/** The same place for Node, which does not know the names below localhost. */
export const loopback = (url: string) => `http://127.0.0.1:${new URL(url).port}`;
