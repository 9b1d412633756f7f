// The ProxyCommand of a private instance, in a few lines: joins standard input and output to a tunnel URL.
const tunnel = new WebSocket(process.argv[2]);
tunnel.binaryType = "arraybuffer";
tunnel.onopen = () => {
  process.stdin.on("data", (bytes) => tunnel.send(bytes)).on("end", () => tunnel.close());
};
tunnel.onmessage = ({ data }) => process.stdout.write(Buffer.from(data));
tunnel.onclose = () => process.exit();
