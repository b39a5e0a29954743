package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RookeryException;
import io.rookery.store.RevisionPolicy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Settings of a database in the JSON that RavenDB's clients send and expect. What is not understood is refused with
 * BAD_REQUEST: a setting that is silently passed over would lose documents, or keep them.
 */
public final class SettingsJson {
    private static final Pattern TIME_SPAN =
            Pattern.compile("(?:(\\d{1,6})\\.)?(\\d{1,2}):(\\d{2}):(\\d{2})(?:\\.(\\d{1,7}))?");
    private static final String DISABLED = "Disabled";
    private static final String MOST_ITEMS = "MaxItemsToProcess";
    private static final String EXPIRES_EVERY = "DeleteFrequencyInSec";
    private static final String REFRESHES_EVERY = "RefreshFrequencyInSec";
    private static final String DEFAULT = "Default";
    private static final String COLLECTIONS = "Collections";
    private static final String KEEP = "MinimumRevisionsToKeep";
    private static final String AGE = "MinimumRevisionAgeToKeep";
    private static final String PURGE = "PurgeOnDelete";
    private static final String MOST_DELETES = "MaximumRevisionsToDeleteUponDocumentUpdate";
    private static final int MOST_COLLECTIONS = 1_000;

    private SettingsJson() {}

    public static DatabaseSettings.Schedule expiration(Map<String, Object> json) {
        return schedule(json, EXPIRES_EVERY);
    }

    public static Map<String, Object> expiration(DatabaseSettings.Schedule schedule) {
        return schedule(schedule, EXPIRES_EVERY);
    }

    public static DatabaseSettings.Schedule refresh(Map<String, Object> json) {
        return schedule(json, REFRESHES_EVERY);
    }

    public static Map<String, Object> refresh(DatabaseSettings.Schedule schedule) {
        return schedule(schedule, REFRESHES_EVERY);
    }

    private static DatabaseSettings.Schedule schedule(Map<String, Object> json, String frequency) {
        requireKnown(json, Set.of(DISABLED, frequency, MOST_ITEMS));
        return new DatabaseSettings.Schedule(
                flag(json, DISABLED),
                number(json, frequency, DatabaseSettings.Schedule.EVERY_SECONDS, 1),
                number(json, MOST_ITEMS, Long.MAX_VALUE, 1));
    }

    private static Map<String, Object> schedule(DatabaseSettings.Schedule schedule, String frequency) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(DISABLED, schedule.disabled());
        json.put(frequency, schedule.everySeconds());
        json.put(MOST_ITEMS, schedule.mostItems() == Long.MAX_VALUE ? null : schedule.mostItems());
        return json;
    }

    public static RevisionPolicy revisions(Map<String, Object> json) {
        requireKnown(json, Set.of(DEFAULT, COLLECTIONS));
        RevisionPolicy.Rule otherwise = json.get(DEFAULT) == null ? null : rule(object(json.get(DEFAULT)));
        SortedMap<String, RevisionPolicy.Rule> collections = new TreeMap<>();
        Map<String, Object> named = json.get(COLLECTIONS) == null ? Map.of() : object(json.get(COLLECTIONS));
        if (named.size() > MOST_COLLECTIONS) {
            throw refused("at most " + MOST_COLLECTIONS + " collections", named.size());
        }
        named.forEach((name, rule) -> {
            if (name.isEmpty() || name.length() > 256) {
                throw refused("names of 1 to 256 characters in " + COLLECTIONS, "'" + name + "'");
            }
            collections.put(name, rule(object(rule)));
        });
        return new RevisionPolicy(otherwise, collections);
    }

    private static RevisionPolicy.Rule rule(Map<String, Object> json) {
        requireKnown(json, Set.of(DISABLED, KEEP, AGE, PURGE, MOST_DELETES));
        long mostDeletes = number(json, MOST_DELETES, RevisionPolicy.Rule.MOST_DELETES, 1);
        return new RevisionPolicy.Rule(
                flag(json, DISABLED),
                number(json, KEEP, -1, 0),
                json.get(AGE) == null ? -1 : millis(json.get(AGE)),
                flag(json, PURGE),
                (int) Math.min(mostDeletes, RevisionPolicy.Rule.MOST_DELETES));
    }

    public static Map<String, Object> revisions(RevisionPolicy policy) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(DEFAULT, policy.otherwise() == null ? null : rule(policy.otherwise()));
        Map<String, Object> collections = new LinkedHashMap<>();
        policy.collections().forEach((name, rule) -> collections.put(name, rule(rule)));
        json.put(COLLECTIONS, collections);
        return json;
    }

    private static Map<String, Object> rule(RevisionPolicy.Rule rule) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(DISABLED, rule.disabled());
        json.put(KEEP, rule.keep() < 0 ? null : rule.keep());
        json.put(AGE, rule.ageMillis() < 0 ? null : timeSpan(rule.ageMillis()));
        json.put(PURGE, rule.purgeOnDelete());
        json.put(MOST_DELETES, (long) rule.mostDeletes());
        return json;
    }

    /** {@code 14.00:00:00}: days, hours, minutes, seconds. */
    private static String timeSpan(long millis) {
        Duration age = Duration.ofMillis(millis);
        String text = String.format(
                "%d.%02d:%02d:%02d", age.toDaysPart(), age.toHoursPart(), age.toMinutesPart(), age.toSecondsPart());
        return age.toMillisPart() == 0 ? text : text + String.format(".%03d", age.toMillisPart());
    }

    private static long millis(Object value) {
        Matcher span = TIME_SPAN.matcher(value instanceof String text ? text : "");
        if (!span.matches()) {
            throw refused("a time span like 14.00:00:00 as " + AGE, value);
        }
        long days = span.group(1) == null ? 0 : Long.parseLong(span.group(1));
        String fraction = span.group(5) == null ? "" : span.group(5);
        return Duration.ofDays(days)
                .plusHours(Long.parseLong(span.group(2)))
                .plusMinutes(Long.parseLong(span.group(3)))
                .plusSeconds(Long.parseLong(span.group(4)))
                .plusMillis(Long.parseLong((fraction + "000").substring(0, 3)))
                .toMillis();
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        if (value instanceof Map) {
            return (Map<String, Object>) value;
        }
        throw refused("an object", Json.kind(value));
    }

    private static void requireKnown(Map<String, Object> json, Set<String> known) {
        for (String name : json.keySet()) {
            if (!known.contains(name)) {
                throw refused("settings of " + new java.util.TreeSet<>(known), "'" + name + "'");
            }
        }
    }

    private static boolean flag(Map<String, Object> json, String name) {
        Object value = json.get(name);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw refused("true or false as " + name, Json.kind(value));
    }

    private static long number(Map<String, Object> json, String name, long otherwise, long least) {
        Object value = json.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Long number && number >= least) {
            return number;
        }
        throw refused("a whole number from " + least + " as " + name, value);
    }

    private static RookeryException refused(String expected, Object found) {
        return new RookeryException(ErrorCode.BAD_REQUEST, "Expected " + expected + " but found " + found);
    }
}
