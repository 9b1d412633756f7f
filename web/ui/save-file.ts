interface SavedFile {
  readonly name: string;
  readonly type: string;
  readonly content: string | Blob;
}

/** Has the browser save a file that the page has made. Nothing is sent anywhere. */
export function saveFile({ name, type, content }: SavedFile): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
