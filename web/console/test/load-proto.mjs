import { fileURLToPath } from "node:url";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { runnerImport } from "vite";

/** Loads the generated TypeScript, which Node cannot read by itself, through Vite. */
export async function loadProto() {
  const here = fileURLToPath(new URL("..", import.meta.url));
  const options = { root: here, configFile: `${here}vite.config.ts`, logLevel: "error" };
  const load = async (path) => (await runnerImport(`${here}../proto/gen/switchboard/${path}`, options)).module;
  const chat = await load("chat/v1/message_pb.ts");
  const config = await load("config/v1/config_pb.ts");
  const history = await load("history/v1/history_pb.ts");
  const operator = await load("operator/v1/operator_pb.ts");
  return { ...chat, ...config, ...history, ...operator, timestamp: timestampFromMs };
}
