package io.rookery.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The test double holds the contract that it stands for. */
class MemorySinkTest extends SinkContract {
    private final MemoryTarget target = new MemoryTarget();

    @Override
    protected Sink sink() {
        return new MemorySink(target)
                .reject(change -> change.document() != null
                        && "poison".equals(change.document().asObject().get("name")));
    }

    @Override
    protected Map<String, Object> delivered() {
        Map<String, Object> values = new TreeMap<>();
        target.documents().forEach((id, body) -> values.put(id, body.value()));
        return values;
    }

    @Override
    protected int effects() {
        return target.changes().size();
    }

    @Override
    protected Change rejected(long sequence, String id) {
        return put(sequence, id, "poison");
    }

    @Test
    void shouldFailAsOftenAsItWasTold() {
        // given
        MemorySink sink = new MemorySink(target).failWrites(2);
        sink.open(1);
        Batch batch = batch(new Checkpoint(1, 1, 0), put(1, "a", "one"));

        // when, then
        assertThatThrownBy(() -> sink.write(batch)).isInstanceOf(TransientSinkException.class);
        assertThatThrownBy(() -> sink.write(batch)).isInstanceOf(TransientSinkException.class);
        sink.write(batch);
        assertThat(target.changes()).hasSize(1);
    }
}
