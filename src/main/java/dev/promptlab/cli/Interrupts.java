package dev.promptlab.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

import org.slf4j.LoggerFactory;

/// Ctrl-C that does not end the process. A shutdown hook hears only the first one, so this asks `sun.misc.Signal` of the module
/// jdk.unsupported; by reflection, since the compiler warns of the name and warnings are errors here.
final class Interrupts {
    private Interrupts() {}

    /// Where the JVM has no such signal, Ctrl-C ends the process, and `eval resume` goes on.
    static void onEach(Runnable action) {
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler run = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    action.run();
                    yield null;
                }
                case "equals" -> System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "Ctrl-C";
            };
            signal.getMethod("handle", signal, handler).invoke(null,
                    signal.getConstructor(String.class).newInstance("INT"),
                    Proxy.newProxyInstance(Interrupts.class.getClassLoader(), new Class<?>[]{handler}, run));
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LoggerFactory.getLogger(Interrupts.class).debug("Ctrl-C ends the process at once", e);
        }
    }
}
