package org.candor.gateway.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The API's own description, written by hand and compared with the routes by a test. */
final class OpenApiRoutes {

    private OpenApiRoutes() {}

    static void add(Router router) {
        byte[] document = document();
        router.add(
                "GET",
                "/openapi.json",
                Router.Access.PUBLIC,
                Router.On.REQUEST_THREAD,
                (request, caller, path) -> Response.json(200, document));
    }

    static byte[] document() {
        try (InputStream in = OpenApiRoutes.class.getResourceAsStream("/openapi.json")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("openapi.json is part of this bundle", e);
        }
    }
}
