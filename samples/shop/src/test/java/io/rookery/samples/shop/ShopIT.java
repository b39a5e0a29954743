package io.rookery.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code rookery demo --kills 3} does, as a test: three processes, and every promise compared at the end. */
class ShopIT {
    private static final RunOptions OPTIONS = new RunOptions(30, 1, 3, 30, System.nanoTime());

    @Test
    void shouldStayEqualEverywhereWhenLeaderOwnerAndFollowerAreKilled() throws SQLException {
        ShopCluster cluster = ShopCluster.inNewFolder();
        RunResult result = run(cluster);
        String where = "seed " + OPTIONS.seed() + ", logs and data in " + cluster.folder();

        assertThat(result.verdict().differences()).as(where).isEmpty();
        assertThat(result.verdict().equal()).as(where).isTrue();
        assertThat(result.takeovers()).as(where).isNotEmpty().allMatch(Takeover::happened);
        assertThat(result.passed()).as(where).isTrue();
        // the comparison had something to compare, beyond what the snapshot brought
        assertThat(result.steps()).isGreaterThan(300);
        assertThat(result.verdict().orders()).isGreaterThan(ShopGenerator.ORDERS);
        assertThat(result.verdict().customers()).isPositive();
        assertThat(result.verdict().rows()).isGreaterThan(2 * ShopGenerator.ORDERS);
        assertThat(result.verdict().effects()).isGreaterThan(ShopGenerator.ORDERS);
        assertThat(result.verdict().records()).isGreaterThan(ShopGenerator.ORDERS);
        cluster.delete();
    }

    private static RunResult run(ShopCluster cluster) throws SQLException {
        try (cluster) {
            cluster.start(new ShopGenerator(OPTIONS.scale()));
            try (ShopRun run = new ShopRun(cluster, OPTIONS, new Events())) {
                run.apply();
                return run.run();
            }
        }
    }

    /** Events only: a line a second would bury them. */
    private static final class Events implements RunView {
        private final TextView text = new TextView(System.out, false);

        @Override
        public void event(String happened) {
            text.event(happened);
        }

        @Override
        public void tasks(long second, long steps, List<TaskView> tasks) {
            // seen in the takeovers
        }

        @Override
        public void killed(String role, String node, List<Takeover> takeovers) {
            text.killed(role, node, takeovers);
        }

        @Override
        public void result(RunResult result) {
            text.result(result);
        }
    }
}
