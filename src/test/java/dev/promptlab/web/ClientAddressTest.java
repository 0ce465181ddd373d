package dev.promptlab.web;

import java.util.List;
import java.util.Set;

import dev.promptlab.config.Settings;
import dev.promptlab.net.Network;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClientAddressTest {
    private static final List<Route> ROUTES = List.of(Route.get("/me", Access.PUBLIC, ctx -> Http.answer(ctx, 200,
            Json.object().put("address", ClientAddress.of(ctx)).put("https", ClientAddress.isHttps(ctx)))));

    @Test
    void isThePeerWhateverItSays() {
        assertThat(answer(List.of(), "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"))
                .contains("{\"address\":\"127.0.0.1\",\"https\":false}").doesNotContain("Strict-Transport-Security");
    }

    @Test
    void isWhomATrustedProxyNames() {
        var trusted = List.of(Network.parse("127.0.0.1"));
        assertThat(answer(trusted, "X-Forwarded-For: 127.0.0.1, 6.6.6.6", "X-Forwarded-For: 2001:DB8::9",
                "X-Forwarded-Proto: https"))
                .contains("{\"address\":\"2001:db8::9\",\"https\":true}")
                .contains("\r\nStrict-Transport-Security: max-age=31536000\r\n");
        assertThat(answer(trusted, "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: http"))
                .contains("{\"address\":\"203.0.113.9\",\"https\":false}").doesNotContain("Strict-Transport-Security");
        assertThat(answer(trusted)).contains("{\"address\":\"127.0.0.1\",\"https\":false}");
    }

    private static String answer(List<Network> trusted, String... headers) {
        var edge = new Settings.Edge(true, Set.of(), Set.of(), trusted);
        try (var server = WebServer.start("127.0.0.1", 0, 1 << 20, edge, (_, _) -> {}, ROUTES,
                new CompositeMeterRegistry())) {
            return RawClient.exchange(server.port(), RawClient.head("GET /me HTTP/1.1", "Host: localhost",
                    "Connection: close",
                    String.join("\r\n", headers.length == 0 ? new String[]{"Accept: */*"} : headers)));
        }
    }
}
