import { useEffect, useRef } from 'react';
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  autocompletion,
  completionKeymap,
  pickedCompletion,
} from '@codemirror/autocomplete';
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
import { useText } from '@/shared/i18n/language';
import { type Suggestion, suggestionsFor } from '@/shared/prompt-completions';
import { marksOf } from '@/shared/prompt-marks';
import type { Place } from './prompt-field';

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onSubmit?: (() => void) | undefined;
  hint?: string | undefined;
  /** Names to be offered; undefined = this text is no template, and nothing is offered. */
  variables?: string[] | undefined;
  goTo?: Place | undefined;
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

/** A name is closed with its braces when they are not there yet; the cursor stays at the name, where a filter may follow. */
function accept(view: EditorView, completion: Completion, from: number, to: number) {
  const before = view.state.sliceDoc(Math.max(0, from - 4), from);
  const after = view.state.sliceDoc(to, to + 60);
  const isOpen = completion.type === 'variable' && /\{\{-?\s?$/.test(before) && !/^[^{}]*\}\}/.test(after);
  view.dispatch({
    changes: { from, to, insert: completion.label + (isOpen ? ' }}' : '') },
    selection: { anchor: from + completion.label.length },
    annotations: pickedCompletion.of(completion),
    userEvent: 'input.complete',
  });
}

function offers(variables: () => string[] | undefined, kinds: Record<Suggestion['kind'], string>) {
  return ({ state, pos }: CompletionContext): CompletionResult | null => {
    const names = variables();
    const found = names && suggestionsFor(state.sliceDoc(0, pos), names);
    return found
      ? {
          from: found.from,
          options: found.options.map(({ name, kind }) => ({
            label: name,
            type: kind,
            detail: kinds[kind],
            apply: accept,
          })),
          validFor: /^\w*$/,
        }
      : null;
  };
}

/** CodeMirror for one text of a prompt. Tab leaves it, as in every other field. */
export default function PromptEditor({
  label,
  value,
  onChange,
  onSubmit,
  hint,
  variables,
  goTo,
  readOnly = false,
}: Props) {
  const text = useText();
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const handlers = useRef({ onChange, onSubmit, variables });
  const access = useRef(new Compartment());
  useEffect(() => {
    handlers.current = { onChange, onSubmit, variables };
  });
  useEffect(() => {
    const editor = new EditorView({
      parent: parent.current as HTMLElement,
      state: EditorState.create({
        doc: value,
        extensions: [
          keymap.of([{ key: 'Mod-Enter', run: () => submit(handlers.current.onSubmit) }]),
          history(),
          autocompletion({
            override: [offers(() => handlers.current.variables, text.editor.kinds)],
            icons: false,
            defaultKeymap: false,
          }),
          EditorState.phrases.of({ Completions: text.editor.completions }),
          keymap.of(completionKeymap),
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
  }, [label, hint, text]); // eslint-disable-line react-hooks/exhaustive-deps -- the editor keeps its own text; see below
  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
    }
  }, [value]);
  useEffect(() => {
    const editor = view.current;
    if (editor && goTo) {
      const { from, to } = editor.state.doc.line(Math.min(goTo.line, editor.state.doc.lines));
      editor.dispatch({ selection: { anchor: Math.min(from + goTo.column - 1, to) }, scrollIntoView: true });
      editor.focus();
    }
  }, [goTo]);
  useEffect(() => {
    view.current?.dispatch({ effects: access.current.reconfigure(EditorState.readOnly.of(readOnly)) });
  }, [readOnly]);
  return <div ref={parent} className="editor" />;
}

function submit(onSubmit: (() => void) | undefined): boolean {
  onSubmit?.();
  return onSubmit !== undefined;
}
