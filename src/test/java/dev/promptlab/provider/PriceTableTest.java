package dev.promptlab.provider;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PriceTableTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final PriceTable SHIPPED = PriceTable.load();

    @Test
    void theKnownAnswerIsExact() {
        assertThat(SHIPPED.cost("anthropic", "claude-3-haiku-20240307", Usage.of(36, 783), NOW))
                .contains(new BigDecimal("0.000987750000"));
    }

    @ParameterizedTest
    @CsvSource({
            "anthropic, claude-haiku-4-5, 1", "anthropic, claude-haiku-4-5-20251001, 1",
            "anthropic, Claude-Haiku-4-5, 1", "anthropic, claude-3-5-haiku-latest, 0.8",
            "openai, gpt-5-mini, 0.25", "openai, gpt-4o-2024-05-13, 5", "openai, gpt-4o-2024-08-06, 2.5",
            "openai, ft:gpt-4o-mini-2024-07-18:acme::1, 0.3", "mistral, mistral-large-latest, 2",
            "xai, grok-4, 3", "groq, llama-3.3-70b-versatile, 0.59", "cohere, command-r-08-2024, 0.15",
            "google, gemini-2.5-pro-preview-05-06, 1.25"})
    void aNameFindsItsPrice(String list, String model, BigDecimal inputPerMillion) {
        assertThat(SHIPPED.cost(list, model, Usage.of(1_000, 0), NOW).orElseThrow().movePointRight(3))
                .isEqualByComparingTo(inputPerMillion);
    }

    @ParameterizedTest
    @CsvSource({"anthropic, claude-haiku-4-55", "anthropic, claude-sonnet-5-5", "anthropic, gpt-5-mini",
            "google, gemini-2.5-pro-preview-tts", "openai, gpt-5-mini-turbo", "nobody, gpt-5-mini"})
    void aNameThatIsNotListedHasNoPrice(String list, String model) {
        assertThat(SHIPPED.cost(list, model, Usage.of(1, 1), NOW)).isEmpty();
    }

    @Test
    void listsWhatItCanNameWithThePricesOfToday() {
        var listed = SHIPPED.listed("anthropic", NOW);
        assertThat(listed).containsEntry("claude-haiku-4-5",
                new PriceTable.Listed(BigDecimal.ONE, BigDecimal.valueOf(5)));
        assertThat(SHIPPED.listed("nobody", NOW)).isEmpty();
    }

    @Test
    void everyTokenClassHasItsOwnPrice() {
        var usage = new Usage(1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 500_000);

        assertThat(SHIPPED.cost("anthropic", "claude-haiku-4-5", usage, NOW).orElseThrow())
                .isEqualByComparingTo("9.35"); // 1 + 5 + 0.1 + 1.25 + 2; reasoning is part of the output
    }

    @Test
    void aUsedTokenClassWithoutAPriceMakesTheCostUnknown() {
        assertThat(SHIPPED.cost("cohere", "command-r", new Usage(1, 1, 1, 0, 0, 0), NOW)).isEmpty();
        assertThat(SHIPPED.cost("cohere", "command-r", Usage.of(1, 1), NOW)).isPresent();
    }

    @Test
    void theMockCostsNothing() {
        assertThat(SHIPPED.cost(PriceTable.MOCK, "anything", Usage.of(5, 5), NOW).orElseThrow())
                .isEqualByComparingTo("0");
    }

    @Test
    void aPriceHoldsFromItsDateOn() {
        assertThat(o3(Instant.parse("2025-06-09T23:59:59.999Z"))).isEqualByComparingTo("10");
        assertThat(o3(Instant.parse("2025-06-10T00:00:00Z"))).isEqualByComparingTo("2");
    }

    private static BigDecimal o3(Instant at) {
        return SHIPPED.cost("openai", "o3", Usage.of(1_000_000, 0), at).orElseThrow();
    }

    @Test
    void aPriceMayHoldForHoursOfTheDay() {
        assertThat(deepseek("2026-11-20T00:29:59Z")).isEqualByComparingTo("0.135");
        assertThat(deepseek("2026-11-20T00:30:00Z")).isEqualByComparingTo("0.27");
        assertThat(deepseek("2026-11-20T16:30:00Z")).isEqualByComparingTo("0.135");
    }

    private static BigDecimal deepseek(String at) {
        return SHIPPED.cost("deepseek", "deepseek-chat", Usage.of(1_000_000, 0), Instant.parse(at)).orElseThrow();
    }

    @Test
    void hoursMayPassMidnight() throws IOException {
        var table = table("x: [{ids: [m], prices: [{input: 2}, {daily: '22:00-06:00', input: 1}]}]");

        assertThat(million(table, Instant.parse("2026-01-01T23:00:00Z"))).isEqualByComparingTo("1");
        assertThat(million(table, Instant.parse("2026-01-01T05:59:00Z"))).isEqualByComparingTo("1");
        assertThat(million(table, Instant.parse("2026-01-01T06:00:00Z"))).isEqualByComparingTo("2");
    }

    private static BigDecimal million(PriceTable table, Instant at) {
        return table.cost("x", "m", Usage.of(1_000_000, 0), at).orElseThrow();
    }

    @Test
    void aLongInputRaisesThePriceOfTheWholeCall() {
        assertThat(sonnet(new Usage(100_000, 10, 100_000, 0, 0, 0))).isEqualByComparingTo("0.33015");
        assertThat(sonnet(new Usage(100_000, 10, 100_001, 0, 0, 0))).isEqualByComparingTo("0.6602256");
    }

    private static BigDecimal sonnet(Usage usage) {
        return SHIPPED.cost("anthropic", "claude-sonnet-4-5", usage, NOW).orElseThrow();
    }

    @Test
    void theMostOutputTokensAreKnownWhereTheTableSaysSo() throws IOException {
        var table = table("x: [{ids: [m], maxOutputTokens: 8192, prices: [{input: 2}]}, {ids: [n], prices: []}]");

        assertThat(table.maxOutputTokens("x", "m")).contains(8192);
        assertThat(table.maxOutputTokens("x", "n")).isEmpty();
    }

    @Test
    void halfOfTheLastDigitRoundsUpOnce() throws IOException {
        var table = table("x: [{ids: [m], prices: [{input: 0.00000025, output: 0.00000025}]}]");

        assertThat(table.cost("x", "m", Usage.of(1, 0), NOW)).contains(new BigDecimal("0.000000000000"));
        assertThat(table.cost("x", "m", Usage.of(1, 1), NOW)).contains(new BigDecimal("0.000000000001"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x: [{ids: [m], price: []}]", "x: [{ids: [m], prices: [{inputs: 1}]}]",
            "x: [{ids: [m], prices: [{input: -1}]}]", "x: [{ids: [m], prices: [{input: cheap}]}]",
            "x: [{ids: [m], prices: [{input: 1, above: {token: 5}}]}]"})
    void aTableThatIsWrongIsRefused(String yaml) {
        assertThatThrownBy(() -> table(yaml)).isInstanceOf(IllegalArgumentException.class);
    }

    private static PriceTable table(String yaml) throws IOException {
        return PriceTable.read(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
    }

    @Property
    void theCostIsTheDecimalSumRoundedOnce(@ForAll @IntRange(max = 2_000_000_000) int input,
            @ForAll @IntRange(max = 2_000_000_000) int output, @ForAll @IntRange(max = 2_000_000_000) int cacheRead) {
        var usage = new Usage(input, output, cacheRead, 0, 0, 0);
        var expected = new BigDecimal("0.000001").multiply(BigDecimal.valueOf(input))
                .add(new BigDecimal("0.000005").multiply(BigDecimal.valueOf(output)))
                .add(new BigDecimal("0.0000001").multiply(BigDecimal.valueOf(cacheRead)));

        assertThat(haiku(usage)).isEqualTo(Optional.of(expected.setScale(12, RoundingMode.HALF_UP)));
        assertThat(haiku(Usage.of(input, 0)).orElseThrow().add(haiku(new Usage(0, output, cacheRead, 0, 0, 0))
                .orElseThrow())).isEqualByComparingTo(haiku(usage).orElseThrow());
    }

    @Property(tries = 50)
    void noCallCostsMoreThanItsWorstCaseNowOrLater(@ForAll @IntRange(max = 400_000) int input,
            @ForAll @IntRange(max = 400_000) int cacheRead, @ForAll @IntRange(max = 400_000) int cacheWrite,
            @ForAll @IntRange(max = 400_000) int output, @ForAll @IntRange(max = 400) int hours) {
        var usage = new Usage(input, output, cacheRead, cacheWrite / 2, cacheWrite - cacheWrite / 2, 0);
        var later = NOW.plus(Duration.ofHours(hours));
        for (var list : SHIPPED.lists()) {
            for (var model : SHIPPED.listed(list, NOW).keySet()) {
                var worst = SHIPPED.worstCost(list, model, usage.allInput(), output, NOW);
                if (worst.isPresent()) {
                    assertThat(SHIPPED.cost(list, model, usage, later).orElse(BigDecimal.ZERO)).as(model)
                            .isLessThanOrEqualTo(worst.get());
                }
            }
        }
    }

    @Test
    void theWorstCaseTakesTheDearestPriceThatMayApply() throws IOException {
        var table = table("""
                x: [{ids: [m], prices: [{input: 9, output: 9}, {from: 2026-01-01, input: 1, output: 2, cacheWrite: 3,
                     above: {tokens: 1000, input: 4, output: 5}}, {from: 2027-01-01, input: 2, output: 3}]},
                    {ids: [half], prices: [{input: 1}]}]""");

        assertThat(table.worstCost("x", "m", 1_000, 0, NOW).orElseThrow()).isEqualByComparingTo("0.003");
        assertThat(table.worstCost("x", "m", 0, 1_000, NOW).orElseThrow()).isEqualByComparingTo("0.003");
        assertThat(table.worstCost("x", "m", 2_000, 0, NOW).orElseThrow()).isEqualByComparingTo("0.008");
        assertThat(table.worstCost("x", "half", 1, 1, NOW)).isEmpty();
        assertThat(table.worstCost("x", "other", 1, 1, NOW)).isEmpty();
        assertThat(table.worstCost(PriceTable.MOCK, "echo", 1, 1, NOW).orElseThrow()).isZero();
    }

    private static Optional<BigDecimal> haiku(Usage usage) {
        return SHIPPED.cost("anthropic", "claude-haiku-4-5", usage, NOW);
    }
}
