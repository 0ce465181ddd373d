package dev.promptlab.web;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import org.jspecify.annotations.Nullable;

/// One operation of the API. The list of all of them is compared with the OpenAPI document by a test.
///
/// @param path with parameters in braces, as in `/jobs/{id}`
/// @param access who may use it
/// @param handler of plain requests
/// @param socket of requests that open a WebSocket; null = there is none
public record Route(HandlerType method, String path, Access access, Handler handler, @Nullable SocketHandler socket) {
    public Route(HandlerType method, String path, Access access, Handler handler) {
        this(method, path, access, handler, null);
    }

    public static Route get(String path, Access access, Handler handler) {
        return new Route(HandlerType.GET, path, access, handler);
    }

    public static Route post(String path, Access access, Handler handler) {
        return new Route(HandlerType.POST, path, access, handler);
    }

    public static Route put(String path, Access access, Handler handler) {
        return new Route(HandlerType.PUT, path, access, handler);
    }

    public static Route delete(String path, Access access, Handler handler) {
        return new Route(HandlerType.DELETE, path, access, handler);
    }

    public static Route socket(String path, Access access, SocketHandler socket) {
        return new Route(HandlerType.GET, path, access, Sockets::refusePlain, socket);
    }
}
