package dev.promptlab.workspace.account;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// The present keys of an issuer, found as OpenID Connect Discovery 1.0 says: the document under the issuer's URL names where they
/// are. Each call fetches both; who calls how often is up to the caller.
final class IssuerKeys implements JWKSetSource<SecurityContext> {
    private static final String DOCUMENT = "/.well-known/openid-configuration";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MAX_BYTES = 1 << 20;

    private final String issuer;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NEVER).build();
    private volatile boolean fetched;

    IssuerKeys(String issuer) {
        this.issuer = issuer;
    }

    boolean wereFetched() {
        return fetched;
    }

    @Override
    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator evaluator, long now, @Nullable SecurityContext context)
            throws KeySourceException {
        try {
            var document = Json.read(get(URI.create(issuer.replaceFirst("/$", "") + DOCUMENT)));
            if (!issuer.equals(document.path("issuer").textValue())) {
                throw new IOException("the document says that it is of another issuer: " + document.path("issuer"));
            }
            var keys = JWKSet.parse(new String(get(keysUrl(document.path("jwks_uri").asText())),
                    StandardCharsets.UTF_8));
            fetched = true;
            return keys;
        } catch (IOException | ParseException | IllegalArgumentException e) {
            throw new JWKSetUnavailableException(String.valueOf(e.getMessage()), e);
        }
    }

    /// As well protected as the issuer itself.
    private URI keysUrl(String text) throws IOException {
        var url = URI.create(text);
        if (!"https".equals(url.getScheme()) && !(issuer.startsWith("http:") && "http".equals(url.getScheme()))) {
            throw new IOException("jwks_uri is no https URL: \"" + text + "\"");
        }
        return url;
    }

    /// @throws IOException also when the answer is no 200, too large or too slow
    private byte[] get(URI url) throws IOException {
        var request = HttpRequest.newBuilder(url).header("Accept", "application/json").build();
        var exchange = http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BYTES));
        try {
            var answer = exchange.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (answer.statusCode() != 200) {
                throw new IOException(url + " answered " + answer.statusCode());
            }
            return answer.body();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(url + " does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            exchange.cancel(true);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
