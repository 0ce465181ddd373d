package dev.promptlab.eval.assertion;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.ContextFactory;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.NativeJSON;
import org.mozilla.javascript.NativePromise;
import org.mozilla.javascript.RhinoException;
import org.mozilla.javascript.Script;
import org.mozilla.javascript.ScriptableObject;
import org.mozilla.javascript.Undefined;

/// The other side of [Sandbox]: a program that runs scripts, one after the other, and nothing else. It reads requests from
/// standard input and writes answers to standard output; scripts see neither, nor any class of Java. Each script starts
/// with objects of its own on top of standard ones that nobody can change.
final class SandboxProcess {
    static final byte READY = 'R';
    static final byte CHECK = 'C';
    static final byte RUN = 'X';
    static final byte DONE = 'D';
    static final byte FAILED = 'F';
    static final byte STOPPED = 'S';

    private static final int MAX_COMPILED = 1_000;
    private static final int OBSERVE_EVERY = 10_000;
    private static final int MAX_DEPTH = 1_000;
    private static final Pattern DECLARATION = Pattern.compile("^(?:const|let|var)\\s");
    private static final String CONSOLE = "var console = {log: function () {}, error: function () {}, warn: function () {},"
            + " info: function () {}, debug: function () {}};";

    private final long maxNanos;
    private final Map<String, Script> compiled = new LinkedHashMap<>();
    private final ContextFactory factory = new Limited();
    private final ScriptableObject standard;
    private long deadline;

    /// Cannot be caught by a script.
    private static final class Stopped extends Error {
        private static final long serialVersionUID = 1;

        Stopped() {
            super("", null, false, false);
        }
    }

    private final class Limited extends ContextFactory {
        @Override
        protected Context makeContext() {
            var context = super.makeContext();
            context.setLanguageVersion(Context.VERSION_ES6);
            context.setInterpretedMode(true);
            context.setInstructionObserverThreshold(OBSERVE_EVERY);
            context.setMaximumInterpreterStackDepth(MAX_DEPTH);
            context.setClassShutter(_ -> false);
            return context;
        }

        @Override
        protected void observeInstructionCount(Context context, int count) {
            if (System.nanoTime() > deadline) {
                throw new Stopped();
            }
        }
    }

    private SandboxProcess(long maxNanos) {
        this.maxNanos = maxNanos;
        this.deadline = Long.MAX_VALUE;
        this.standard = factory.call(context -> {
            var scope = context.initSafeStandardObjects();
            context.evaluateString(scope, CONSOLE, "console", 1, null);
            for (var id : scope.getAllIds()) {
                if (scope.get(id.toString(), scope) instanceof ScriptableObject object) {
                    seal(object);
                }
            }
            scope.sealObject();
            return scope;
        });
    }

    private static void seal(ScriptableObject object) {
        if (object.get("prototype", object) instanceof ScriptableObject prototype) {
            prototype.sealObject();
        }
        object.sealObject();
    }

    /// @param arguments the milliseconds that one script may take
    public static void main(String[] arguments) throws IOException {
        var requests = new DataInputStream(new BufferedInputStream(System.in));
        var answers = new DataOutputStream(new BufferedOutputStream(System.out));
        var process = new SandboxProcess(Long.parseLong(arguments[0]) * 1_000_000);
        answer(answers, READY, "");
        try {
            while (true) {
                process.serve(requests, answers);
            }
        } catch (EOFException _) {
            // The other side has ended.
        }
    }

    private void serve(DataInputStream requests, DataOutputStream answers) throws IOException {
        byte kind = requests.readByte();
        var code = text(requests);
        var name = text(requests);
        var input = text(requests);
        var context = text(requests);
        deadline = System.nanoTime() + maxNanos;
        try {
            answer(answers, DONE, factory.call(cx -> kind == CHECK ? String.valueOf(compile(cx, code, name))
                    : run(cx, code, name, input, context)));
        } catch (Stopped _) {
            answer(answers, STOPPED, "");
        } catch (RhinoException e) {
            answer(answers, FAILED, e.details() + (e.lineNumber() > 0 ? " (line " + e.lineNumber() + ")" : ""));
        } catch (StackOverflowError _) {
            answer(answers, FAILED, "too much recursion");
        } catch (IllegalArgumentException e) {
            answer(answers, FAILED, String.valueOf(e.getMessage()));
        }
    }

    private String run(Context cx, String code, String name, String input, String context) {
        var script = compile(cx, code, name);
        var scope = (ScriptableObject) cx.newObject(standard);
        scope.setPrototype(standard);
        scope.setParentScope(null);
        var value = parse(cx, scope, input);
        var about = parse(cx, scope, context);
        scope.put(name, scope, value);
        scope.put("context", scope, about);
        var result = script.exec(cx, scope, scope);
        if (result instanceof Function function) {
            result = function.call(cx, scope, scope, new Object[]{value, about});
        }
        return json(cx, scope, result);
    }

    private static @Nullable Object parse(Context cx, ScriptableObject scope, String json) {
        return NativeJSON.parse(cx, scope, json, (_, _, _, arguments) -> arguments[1]);
    }

    private static String json(Context cx, ScriptableObject scope, @Nullable Object result) {
        if (result == null || Undefined.isUndefined(result)) {
            throw new IllegalArgumentException("the script returned nothing; several lines need a return");
        }
        if (result instanceof NativePromise) {
            throw new IllegalArgumentException("the script returned a promise; nothing here can be awaited");
        }
        var json = NativeJSON.stringify(cx, scope, result, null, null);
        if (!(json instanceof String text)) {
            throw new IllegalArgumentException("the script returned something that is no value");
        }
        return text;
    }

    /// One line is an expression, or declarations with an expression at the end; more lines are the body of a function.
    private Script compile(Context cx, String code, String name) {
        var known = compiled.get(name + ":" + code);
        if (known != null) {
            return known;
        }
        if (compiled.size() >= MAX_COMPILED) {
            compiled.clear();
        }
        var script = compileNew(cx, code.strip(), name);
        compiled.put(name + ":" + code, script);
        return script;
    }

    private static Script compileNew(Context cx, String code, String name) {
        if (code.contains("\n")) {
            return source(cx, body(name, code));
        }
        var line = code.replaceAll("[;\\s]+$", "");
        if (DECLARATION.matcher(line).find()) {
            return source(cx, line);
        }
        return source(cx, body(name, "return " + line));
    }

    private static String body(String name, String code) {
        return "(function (" + name + ", context, process) { " + code + "\n})";
    }

    private static Script source(Context cx, String source) {
        return cx.compileString(source, "script", 1, null);
    }

    private static String text(DataInputStream in) throws IOException {
        var text = new byte[in.readInt()];
        in.readFully(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static void answer(DataOutputStream out, byte kind, String text) throws IOException {
        out.writeByte(kind);
        write(out, text);
        out.flush();
    }

    static void write(DataOutputStream out, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
