import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { endianness } from "node:os";

/** Where Linux lists the TCP sockets of this machine with the users that own them: of IPv4, and of IPv6. */
const tables = ["/proc/net/tcp", "/proc/net/tcp6"];

/** Whether this system tells who is at the other end of a local connection. */
export async function tellsUsers(platform: NodeJS.Platform): Promise<boolean> {
  return platform === "linux" && process.getuid !== undefined && (await read(tables[0] ?? "")) !== "";
}

/** Whether a connection over the loopback interface is made by the user of this process. */
export async function isOwn({ remoteAddress, remotePort, localAddress, localPort }: Socket): Promise<boolean> {
  if (!remoteAddress || !localAddress || !remotePort || !localPort) return false;
  const ends = { from: { address: remoteAddress, port: remotePort }, to: { address: localAddress, port: localPort } };
  const found = (await Promise.all(tables.map(read)))
    .map((table) => ownerIn(table, ends))
    .find((uid) => uid !== undefined);
  return found !== undefined && found === process.getuid?.();
}

const read = (file: string) => readFile(file, "utf8").catch(() => "");

interface End {
  readonly address: string;
  readonly port: number;
}

/**
 * The user id that owns the socket of a connection at one end.
 *
 * @param table the text of `/proc/net/tcp` or `tcp6`. @param ends IPv4 addresses: `from` is whose socket is meant.
 * @returns undefined if it is not in the table.
 */
export function ownerIn(
  table: string,
  { from, to }: { readonly from: End; readonly to: End },
  order: "LE" | "BE" = endianness(),
): number | undefined {
  const mapped = `0000000000000000${order === "LE" ? "FFFF0000" : "0000FFFF"}`;
  for (const line of table.split("\n")) {
    const [, local = "", remote = "", , , , , uid] = line.trim().split(/\s+/);
    const bare = (address: string) => (address.length > 13 && address.startsWith(mapped) ? address.slice(24) : address);
    if (bare(local) === hex(from, order) && bare(remote) === hex(to, order)) return Number(uid);
  }
  return undefined;
}

/** `0100007F:1F90`: the address as a number in the machine's order. */
function hex({ address, port }: End, order: "LE" | "BE"): string {
  const bytes = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  const digits = (order === "LE" ? bytes.reverse() : bytes).join("");
  return `${digits}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
}
