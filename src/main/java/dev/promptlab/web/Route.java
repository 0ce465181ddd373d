package dev.promptlab.web;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/// One operation of the API. The list of all of them is compared with the OpenAPI document by a test.
///
/// @param path with parameters in braces, as in `/jobs/{id}`
public record Route(HandlerType method, String path, Handler handler) {
    public static Route get(String path, Handler handler) {
        return new Route(HandlerType.GET, path, handler);
    }

    public static Route post(String path, Handler handler) {
        return new Route(HandlerType.POST, path, handler);
    }

    public static Route put(String path, Handler handler) {
        return new Route(HandlerType.PUT, path, handler);
    }

    public static Route delete(String path, Handler handler) {
        return new Route(HandlerType.DELETE, path, handler);
    }
}
