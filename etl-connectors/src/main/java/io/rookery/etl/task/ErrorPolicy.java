package io.rookery.etl.task;

import io.rookery.api.Setting;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a task does when delivery fails.
 *
 * @param firstRetry wait after the first transient failure; doubles up to {@code lastRetry}
 * @param giveUpAfter how long a transient failure may last; empty: for ever
 * @param holdKey whether later changes of a document wait behind its parked one
 * @param breaker when so much is parked that the task stops
 */
public record ErrorPolicy(
        Duration firstRetry,
        Duration lastRetry,
        Optional<Duration> giveUpAfter,
        Poison poison,
        boolean holdKey,
        Breaker breaker) {
    /** What becomes of a change that can never be delivered. */
    public enum Poison {
        PARK,
        SKIP,
        STOP
    }

    /** Stops the task when more than {@code count} of the last {@code window} changes were parked; window 0: of all. */
    public record Breaker(long count, long window) {}

    public static final ErrorPolicy DEFAULT = new ErrorPolicy(
            Duration.ofSeconds(1), Duration.ofMinutes(5), Optional.empty(), Poison.PARK, true, new Breaker(1_000, 0));

    private static final Pattern RETRY = Pattern.compile("(\\S+?)\\.\\.(\\S+?)(?:\\s+for:?\\s+(\\S+))?");
    private static final Pattern SHARE = Pattern.compile("(\\d+)\\s*%\\s*of\\s*(\\d+)");

    /** Reads {@code on_error:}. */
    static ErrorPolicy of(Setting setting) {
        setting.only("retry", "for", "poison", "order", "stop_after");
        Setting retry = setting.find("retry").orElse(null);
        Duration first = DEFAULT.firstRetry;
        Duration last = DEFAULT.lastRetry;
        if (retry != null) {
            Matcher matcher = RETRY.matcher(retry.text().trim());
            Optional<Duration> from = matcher.matches() ? Setting.duration(matcher.group(1)) : Optional.empty();
            Optional<Duration> to = matcher.matches() ? Setting.duration(matcher.group(2)) : Optional.empty();
            if (from.isEmpty()
                    || to.isEmpty()
                    || from.get().isZero()
                    || from.get().compareTo(to.get()) > 0) {
                throw retry.error("Expected two durations like 1s..5m for retry but found '" + retry.text() + "'");
            }
            first = from.get();
            last = to.get();
        }
        return new ErrorPolicy(
                first,
                last,
                setting.find("for").map(Setting::duration),
                setting.find("poison")
                        .map(poison -> Poison.valueOf(
                                poison.oneOf("park", "skip", "stop").toUpperCase(java.util.Locale.ROOT)))
                        .orElse(Poison.PARK),
                setting.find("order")
                        .map(order -> order.oneOf("hold-key", "overtake").equals("hold-key"))
                        .orElse(true),
                setting.find("stop_after").map(ErrorPolicy::breaker).orElse(DEFAULT.breaker));
    }

    private static Breaker breaker(Setting setting) {
        if (setting.value() instanceof Long) {
            return new Breaker(setting.integer(1, Integer.MAX_VALUE), 0);
        }
        Matcher matcher = SHARE.matcher(setting.text().trim());
        if (!matcher.matches()) {
            throw setting.error("Expected a count or a share like '1% of 10000' but found '" + setting.text() + "'");
        }
        long window = Long.parseLong(matcher.group(2));
        return new Breaker(Math.max(1, window * Long.parseLong(matcher.group(1)) / 100), window);
    }

    /** Wait before retry number {@code attempt} (from 1): exponential, with a jitter of a quarter. */
    public Duration backoff(int attempt) {
        double exact = firstRetry.toMillis() * Math.pow(2, Math.min(attempt - 1, 40));
        double bounded = Math.min(exact, (double) lastRetry.toMillis());
        return Duration.ofMillis(
                (long) (bounded * (0.75 + 0.25 * ThreadLocalRandom.current().nextDouble())));
    }
}
