package io.rookery.etl.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.ExpressionEngine;
import io.rookery.api.Json;
import io.rookery.api.Operation;
import io.rookery.api.RookeryException;
import io.rookery.api.Transform;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TaskStepsTest {
    private final ExpressionEngine engine = ExpressionEngine.open();

    @AfterEach
    void close() {
        engine.close();
    }

    private List<Transform> compile(String steps) {
        return TaskSteps.compile(YamlText.parse("t.yaml", steps).get(0).list(), engine);
    }

    private void refused(ErrorCode code, String steps, String... parts) {
        assertThatThrownBy(() -> compile(steps))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(code))
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    @Test
    void shouldMakeTheStepsInTheirOrder() {
        List<Transform> steps = compile("- set: { b: \"= doc.a + 1\" }\n- remove: [a]\n- rename: { b: c }\n");
        Change change = new Change(1, Operation.INSERT, "x/1", "X", 0, Json.parse("{\"a\":1}"), null, null);
        for (Transform step : steps) {
            change = step.apply(change).get(0);
        }
        assertThat(change.document()).hasToString("{\"c\":2}");
    }

    @Test
    void shouldRefuseWhatIsNoStepWithItsPlace() {
        refused(ErrorCode.BAD_TASK, "- fliter: x\n", "t.yaml:1:11: Unknown key 'fliter'; did you mean 'filter'?");
        refused(ErrorCode.BAD_TASK, "- { filter: a, set: {} }\n", "Expected one key a step but found filter, set");
        refused(ErrorCode.BAD_TASK, "- {}\n", "found nothing");
        refused(ErrorCode.NOT_SUPPORTED, "- lookup: {}\n", "t.yaml:1:", "the step 'lookup'");
        refused(ErrorCode.BAD_SCRIPT, "- set: {}\n- filter: doc.a ===\n", "t.yaml:2:");
    }
}
