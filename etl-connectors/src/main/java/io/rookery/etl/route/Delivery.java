package io.rookery.etl.route;

import io.rookery.api.Batch;
import io.rookery.api.Change;
import io.rookery.api.Checkpoint;
import io.rookery.api.DocumentDatabase;
import io.rookery.api.ErrorCode;
import io.rookery.api.FeedPage;
import io.rookery.api.FeedRequest;
import io.rookery.api.Json;
import io.rookery.api.RejectedChangeException;
import io.rookery.api.RookeryException;
import io.rookery.api.SinkFactory;
import io.rookery.api.Write;
import io.rookery.etl.task.ErrorPolicy.Poison;
import io.rookery.etl.task.TaskDefinition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delivery of one task as steps that may each fail or be the last: whoever goes on, here or on another node, loses
 * nothing and repeats nothing. The order of effects is the promise: parked changes are committed before the batch
 * without them is sent; the target's checkpoint moves with the batch; the store's checkpoint follows the target's. One
 * thread; waits for nothing but the store and the target, and never retries. While the target takes a batch, the page
 * behind it is read and prepared by {@link ReadAhead}, which has no effects.
 */
final class Delivery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final long SAVE_MILLIS = 1_000;
    private static final long ADVANCE_MILLIS = 5_000;

    /** A page under way: what the target said so far about its changes. Kept until delivered, so a repetition is exact. */
    private record Attempt(FeedPage page, Map<Long, String> rejected, Set<Long> skipped) {}

    private final Assigned assigned;
    private final TaskDefinition task;
    private final SinkFactory factory;
    private final TaskEnvironment environment;
    private final TaskRoutes routes;
    private final DocumentDatabase database;
    private final FencedWriter writer;
    private CircuitBreaker breaker;
    private ParkedChanges parked;
    private final ReadAhead ahead;
    private DeliveryTarget target;
    private PreparedPage.Preparation preparation;
    private Attempt attempt;
    /** The attempt's page before its first try; null afterwards. */
    private PreparedPage prepared;
    /** Up to here the feed was looked at, up to here the target knows it, up to here the store knows the target does. */
    private long position;

    private long reached;
    private long saved;
    private long savedAt;
    private long reachedAt;
    private long began;
    private long head;
    private long delivered;
    /** Key of a parked change that the target has and the store still parks; gone before anything else is sent. */
    private String deliveredKey;

    Delivery(
            Assigned assigned,
            TaskDefinition task,
            SinkFactory factory,
            TaskEnvironment environment,
            TaskRoutes routes) {
        this.assigned = assigned;
        this.task = task;
        this.factory = factory;
        this.environment = environment;
        this.routes = routes;
        this.database = assigned.database();
        this.writer = new FencedWriter(database, assigned.unit(), assigned.epoch(), environment.clock());
        this.breaker = new CircuitBreaker(task.onError().breaker());
        this.ahead = new ReadAhead(assigned.unit(), database);
    }

    boolean isOpen() {
        return target != null;
    }

    long position() {
        return position;
    }

    long head() {
        return Math.max(head, position);
    }

    long delivered() {
        return delivered;
    }

    long parkedTotal() {
        return parked == null ? 0 : parked.total();
    }

    /** Timestamp of the oldest change that is known to wait; 0 when none does. */
    long waitingSince() {
        return attempt == null || attempt.page().changes().isEmpty()
                ? 0
                : attempt.page().changes().get(0).timestamp();
    }

    /** Fences former owners in the store, then in the target, and finds where to go on. */
    void open() {
        close();
        writer.commit(List.of());
        target = DeliveryTarget.create(task, assigned.shard(), factory, environment, routes);
        try {
            Checkpoint stored = database.checkpoint(assigned.unit());
            Checkpoint found = target.open(assigned.epoch(), factory.guarantee(), stored);
            parked = ParkedChanges.load(task.name(), database);
            if (found.retried() != 0) {
                remove(parked.keysOf(found.retried()));
            }
            if (deliveredKey != null && parked.find(deliveredKey).isEmpty()) {
                deliveredKey = null;
            }
            began = database.entry(beganKey())
                    .map(value -> (Long) Json.trusted(value).value())
                    .orElse(0L);
            attempt = null;
            preparation = new PreparedPage.Preparation(assigned, task, parked, target);
            goOnFrom(found.sequence());
            if (!stored.equals(Checkpoint.NONE) && stored.sequence() > position) {
                LOG.warn(
                        "Task {}: the target knows {} but the store {}: delivering again from there",
                        assigned.title(task),
                        position,
                        stored.sequence());
            }
            save(); // also at 0: from now on the feed keeps what this task has not passed
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void goOnFrom(long sequence) {
        ahead.drop();
        position = sequence;
        reached = sequence;
        reachedAt = environment.clock().millis();
    }

    /** Delivers one page. False when nothing more is there now. */
    boolean step() {
        finishRetry();
        if (attempt == null) {
            prepared = ahead.take(position).orElse(null);
            attempt = new Attempt(prepared == null ? read() : prepared.page(), new HashMap<>(), new HashSet<>());
        }
        FeedPage page = attempt.page();
        if (!page.changes().isEmpty()) {
            deliver();
            breaker.seen(page.changes().size());
        }
        attempt = null;
        position = page.last();
        head = page.head();
        saveWhenDue();
        return page.last() < page.head();
    }

    private FeedRequest request(long after) {
        return new FeedRequest(
                after,
                task.batch().max(),
                task.batch().bytes(),
                task.collection(),
                factory.wantsBefore(task.to()),
                began);
    }

    private FeedPage read() {
        FeedPage page = database.read(request(position));
        if (position == 0 && page.removed() != began) {
            // remembered for the next owner: what was removed before the task began, it cannot miss
            writer.commit(List.of(
                    new Write.PutEntry(beganKey(), Json.of(page.removed()).bytes())));
            began = page.removed();
        }
        return page;
    }

    private String beganKey() {
        return "feed/" + task.name();
    }

    private void deliver() {
        while (true) {
            PreparedPage next = prepared();
            park(next.aside());
            readAhead(next.page()); // when the page's own changes are parked, or its division would be old already
            if (next.flow().isEmpty()) {
                return;
            }
            try {
                next.batch().write();
                reached = attempt.page().last();
                reachedAt = environment.clock().millis();
                delivered += next.flow().size();
                return;
            } catch (RejectedChangeException e) {
                rejected(Map.of(e.sequence(), String.valueOf(e.getMessage())));
            } catch (PoisonException e) {
                rejected(e.errors());
            }
        }
    }

    /** What was prepared ahead serves the first try only, and only while nobody has parked or unparked since. */
    private PreparedPage prepared() {
        PreparedPage first = prepared;
        prepared = null;
        if (first != null && first.parkedVersion() == parked.version()) {
            return first;
        }
        ahead.rest();
        return preparation.of(attempt.page(), attempt.rejected().keySet(), attempt.skipped());
    }

    private void readAhead(FeedPage page) {
        if (page.last() < page.head()) {
            PreparedPage.Preparation with = preparation;
            ahead.begin(request(page.last()), with::of);
        }
    }

    private void park(List<Change> aside) {
        Map<String, Write> writes = new LinkedHashMap<>();
        long now = environment.clock().millis();
        for (Change change : aside) {
            parked.park(change, attempt.rejected().getOrDefault(change.sequence(), ""), now)
                    .ifPresent(write -> writes.put(parked.key(change), write));
        }
        writer.commitInParts(writes.values());
        writes.keySet().forEach(parked::count);
    }

    private void rejected(Map<Long, String> errors) {
        Map<Long, Change> known = new HashMap<>();
        attempt.page().changes().forEach(change -> known.put(change.sequence(), change));
        String last = "";
        for (Map.Entry<Long, String> error : errors.entrySet()) {
            Change change = known.get(error.getKey());
            boolean again = attempt.rejected().containsKey(error.getKey())
                    || attempt.skipped().contains(error.getKey());
            if (change == null || again) {
                throw new RookeryException(
                        ErrorCode.INTERNAL,
                        "Expected a rejected change of the batch but found " + error.getKey() + ": "
                                + error.getValue());
            }
            last = error.getValue();
            rejected(change, last);
        }
        breaker.rejected(errors.size(), last);
    }

    private void rejected(Change change, String error) {
        Poison poison = task.onError().poison();
        if (poison == Poison.STOP) {
            throw new StoppedException(
                    ErrorCode.CHANGE_REJECTED,
                    "Change " + change.sequence() + " of " + change.id() + " was rejected (poison: stop): " + error);
        }
        LOG.warn(
                "Task {}: change {} of {} is {}: {}",
                assigned.title(task),
                change.sequence(),
                change.id(),
                poison == Poison.PARK ? "parked" : "skipped",
                error);
        if (poison == Poison.PARK) {
            attempt.rejected().put(change.sequence(), error);
        } else {
            attempt.skipped().add(change.sequence());
        }
    }

    private void send(List<Change> changes, long sequence, long retried) {
        ahead.rest(); // steps are for one batch at a time
        target.prepare(new Batch(
                        task.name(), assigned.shard(), changes, new Checkpoint(assigned.epoch(), sequence, retried)))
                .write();
    }

    private void saveWhenDue() {
        long now = environment.clock().millis();
        if (position > reached && now - reachedAt >= ADVANCE_MILLIS) {
            advance();
        }
        if (reached != saved && now - savedAt >= SAVE_MILLIS) {
            save();
        }
    }

    /** Tells the target that nothing of the changes up to here was for it. */
    private void advance() {
        if (position > reached) {
            send(List.of(), position, 0);
            reached = position;
            reachedAt = environment.clock().millis();
        }
    }

    private void save() {
        writer.commit(List.of(new Write.SaveCheckpoint(assigned.unit(), new Checkpoint(assigned.epoch(), reached, 0))));
        saved = reached;
        savedAt = environment.clock().millis();
    }

    /** Brings the target and the store to where this delivery is. */
    void settle() {
        if (attempt != null) {
            throw new RookeryException(
                    ErrorCode.UNAVAILABLE,
                    "The task " + assigned.title(task)
                            + " is in the middle of a batch that the target did not take yet");
        }
        ahead.drop();
        finishRetry();
        advance();
        if (reached != saved) {
            save();
        }
    }

    /** Delivers a document's parked changes, oldest first, until one is rejected. */
    int retry(String id) {
        settle(); // or a new owner would read these changes from the feed again, and find them parked no more
        int done = 0;
        for (String key : parked.keys(id)) {
            if (ParkedChange.sequence(key) > reached || !retryOne(parked.get(key), key)) {
                break;
            }
            done++;
        }
        delivered += done;
        return done;
    }

    private boolean retryOne(ParkedChange change, String key) {
        try {
            long retried = change.sequence();
            send(List.of(change.change()), reached, retried);
        } catch (RejectedChangeException | PoisonException e) {
            String error = e instanceof PoisonException poison
                    ? poison.errors().getOrDefault(change.sequence(), e.getMessage())
                    : e.getMessage();
            writer.commit(
                    List.of(new Write.PutEntry(key, change.failedAgain(error).stored())));
            return false;
        }
        deliveredKey = key;
        finishRetry();
        return true;
    }

    int retryAll() {
        int done = 0;
        for (String id : parked.documents()) {
            done += retry(id);
        }
        return done;
    }

    private void finishRetry() {
        if (deliveredKey != null) {
            remove(List.of(deliveredKey));
            deliveredKey = null;
        }
    }

    int skip(String id, long sequence) {
        settle();
        List<String> keys = parked.keys(id).stream()
                .filter(key -> sequence == 0 || ParkedChange.sequence(key) == sequence)
                .filter(key -> ParkedChange.sequence(key) <= reached)
                .toList();
        remove(keys);
        return keys.size();
    }

    private void remove(List<String> keys) {
        if (!keys.isEmpty()) {
            writer.commit(
                    keys.stream().map(key -> (Write) new Write.DeleteEntry(key)).toList());
            keys.forEach(parked::forget);
        }
    }

    void edit(String id, long sequence, Json document) {
        document.asObject();
        String key = ParkedChange.key(task.name(), id, sequence);
        ParkedChange edited = parked.get(key).withDocument(document);
        writer.commit(List.of(new Write.PutEntry(key, edited.stored())));
    }

    /** Goes back: the target's checkpoint first, as it wins at the next start. */
    long replay(ReplayFrom from) {
        long sequence = ReplayPlace.find(from, database, environment.clock().millis());
        if (sequence > 0) { // says GONE before anything was changed
            database.read(new FeedRequest(sequence, 1, 1, task.collection(), false, began));
        }
        finishRetry();
        attempt = null;
        send(List.of(), sequence, 0);
        goOnFrom(sequence);
        save();
        return sequence;
    }

    /** After an operator said to go on. */
    void resetBreaker() {
        breaker = new CircuitBreaker(task.onError().breaker());
    }

    /** Closes the target; {@link #open} opens it again. */
    @Override
    public void close() {
        if (target != null) {
            DeliveryTarget closing = target;
            target = null;
            attempt = null;
            prepared = null;
            ahead.drop();
            closing.close();
        }
    }
}
