import { expect, test } from "@jest/globals";
import { SftpError } from "../../../web/sftp/sftp-error.ts";
import { showBytes, transferWords } from "../../../web/terminal/transfer-words.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [3_250_000, "3.3 MB"],
  [5e12, "5000.0 GB"],
])("%d bytes are shown as %s", (bytes, shown) => {
  expect(showBytes(bytes)).toBe(shown);
});

test.each([
  ["a folder, which a browser cannot read", new DOMException("a path", "NotFoundError"), "not folders"],
  ["a file that is there already", new SftpError("exists"), "nothing was overwritten"],
  ["a file larger than memory should hold", new SftpError("too-large"), "latchkey scp"],
])("a transfer that failed says why: %s", (_, error, said) => {
  const { tone, words } = transferWords({ is: "failed", error });
  expect(tone).toBe("bad");
  expect(words).toContain(said);
});
