// The bundler puts this in the place of Node's global: dev-tunnels-ssh needs it.
export { Buffer } from "buffer";
