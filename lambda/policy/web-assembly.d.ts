/** Node has it; TypeScript declares it only with the browser's library. */
declare namespace WebAssembly {
  function compile(bytes: Uint8Array): Promise<Module>;
  class Module {
    constructor(bytes: Uint8Array);
  }
}
