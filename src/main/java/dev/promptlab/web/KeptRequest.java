package dev.promptlab.web;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import org.jspecify.annotations.Nullable;

/// What a [Gatekeeper] asks of a request - headers, cookies, parameters, method - for a time when the request itself is gone, as it is once a
/// WebSocket is open. The web library's context is too wide to implement; whatever else it is asked is a bug, and loud.
record KeptRequest(HandlerType method, Map<String, String> headers, Map<String, String> cookies,
        Map<String, List<String>> parameters,
        Map<String, Object> attributes) implements InvocationHandler {
    static Context of(Context ctx) {
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(ctx.headerMap());
        var kept = new KeptRequest(ctx.method(), headers, Map.copyOf(ctx.cookieMap()), ctx.queryParamMap(),
                new ConcurrentHashMap<>());
        return (Context) Proxy.newProxyInstance(Context.class.getClassLoader(), new Class<?>[]{Context.class}, kept);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method asked, Object @Nullable [] arguments) {
        var given = arguments == null ? new Object[0] : arguments;
        var name = given.length == 0 ? "" : String.valueOf(given[0]);
        return switch (asked.getName().toLowerCase(Locale.ROOT) + given.length) {
            case "method0" -> method;
            case "header1" -> headers.get(name);
            case "cookie1" -> cookies.get(name);
            case "queryparam1" -> parameters.getOrDefault(name, List.of()).stream().findFirst().orElse(null);
            case "attribute1" -> attributes.get(name);
            case "attribute2" -> attributes.put(name, given[1]);
            default -> throw new IllegalStateException("a kept request does not know " + asked.getName() + " (bug)");
        };
    }
}
