import { connect } from "node:net";

// The baseline for the tunnel: standard input and output, piped to a bare TCP socket by Node alone.
const socket = connect({ host: "127.0.0.1", port: Number(process.argv[2]), noDelay: true });
process.stdin.pipe(socket).pipe(process.stdout);
socket.on("close", () => process.exit());
