import { Dialog } from "../ui/dialog.tsx";

interface PasteQuestionProps {
  readonly text: string;
  readonly onDecision: (isWanted: boolean) => void;
}

/** Characters of a text that are shown. */
const shown = 2000;

/** Asks before a program gets several lines that it would run as they come. */
export function PasteQuestion({ text, onDecision }: PasteQuestionProps) {
  const count = text.split(/\r\n|\r|\n/).length;
  return (
    <Dialog title={`Paste ${count} lines?`} onClose={() => onDecision(false)}>
      <p>The program in the terminal runs each line as it comes.</p>
      <pre>
        <bdi>{text.length > shown ? `${text.slice(0, shown)}…` : text}</bdi>
      </pre>
      <div class="actions">
        <button type="button" onClick={() => onDecision(false)}>
          Do not paste
        </button>
        <button type="button" class="main" onClick={() => onDecision(true)}>
          Paste
        </button>
      </div>
    </Dialog>
  );
}
