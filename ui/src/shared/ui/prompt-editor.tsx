import { useEffect, useRef } from 'react';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { Compartment, EditorState, RangeSetBuilder } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
  drawSelection,
  keymap,
  placeholder,
} from '@codemirror/view';
import { marksOf } from '@/shared/prompt-marks';

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onSubmit?: (() => void) | undefined;
  hint?: string | undefined;
  readOnly?: boolean;
}

const looks = {
  variable: Decoration.mark({ class: 'mark-variable' }),
  tag: Decoration.mark({ class: 'mark-tag' }),
  comment: Decoration.mark({ class: 'mark-comment' }),
  open: Decoration.mark({ class: 'mark-open' }),
};

function decorate(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to, kind } of marksOf(view.state.doc.toString())) {
    builder.add(from, to, looks[kind]);
  }
  return builder.finish();
}

const marks = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = decorate(view);
    }

    update(update: ViewUpdate) {
      if (update.docChanged) {
        this.decorations = decorate(update.view);
      }
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

/** CodeMirror for one text of a prompt. Tab leaves it, as in every other field. */
export default function PromptEditor({ label, value, onChange, onSubmit, hint, readOnly = false }: Props) {
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const handlers = useRef({ onChange, onSubmit });
  const access = useRef(new Compartment());
  useEffect(() => {
    handlers.current = { onChange, onSubmit };
  });
  useEffect(() => {
    const editor = new EditorView({
      parent: parent.current as HTMLElement,
      state: EditorState.create({
        doc: value,
        extensions: [
          keymap.of([{ key: 'Mod-Enter', run: () => submit(handlers.current.onSubmit) }]),
          history(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          drawSelection(),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'true', 'aria-multiline': 'true' }),
          marks,
          access.current.of(EditorState.readOnly.of(readOnly)),
          ...(hint ? [placeholder(hint)] : []),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) {
              handlers.current.onChange(update.state.doc.toString());
            }
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [label, hint]); // eslint-disable-line react-hooks/exhaustive-deps -- the editor keeps its own text; see below
  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
    }
  }, [value]);
  useEffect(() => {
    view.current?.dispatch({ effects: access.current.reconfigure(EditorState.readOnly.of(readOnly)) });
  }, [readOnly]);
  return <div ref={parent} className="editor" />;
}

function submit(onSubmit: (() => void) | undefined): boolean {
  onSubmit?.();
  return onSubmit !== undefined;
}
