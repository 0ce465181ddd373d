package dev.promptlab.web;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/// One operation of the API. The list of all of them is compared with the OpenAPI document by a test.
///
/// @param path with parameters in braces, as in `/jobs/{id}`
/// @param access who may use it
public record Route(HandlerType method, String path, Access access, Handler handler) {
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
}
