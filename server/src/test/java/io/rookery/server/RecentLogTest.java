package io.rookery.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class RecentLogTest {
    private static final Logger LOG = LoggerFactory.getLogger(RecentLogTest.class);

    @BeforeEach
    void keep() {
        RecentLog.keep();
        RecentLog.keep();
    }

    @Test
    void shouldKeepTheLastLinesWithTheRequestTheyAreAbout() {
        LOG.warn("without a request");
        MDC.put("request", "r-1");
        LOG.warn("with a request");
        MDC.remove("request");
        for (int i = 0; i < 2_500; i++) {
            LOG.warn("line {}", i);
        }

        assertThat(RecentLog.lines()).hasSize(2_000);
        assertThat(RecentLog.lines().get(1_999)).contains("WARN", "line 2499").endsWith("\n");
        LOG.warn("x".repeat(20_000));
        assertThat(RecentLog.lines().get(1_999)).hasSizeLessThan(8_100);
    }

    @Test
    void shouldShowTheRequestBehindTheThread() {
        MDC.put("request", "r-2");
        LOG.warn("about it");
        MDC.remove("request");
        LOG.warn("about nothing");

        assertThat(RecentLog.lines()).anyMatch(line -> line.contains("] r-2 ") && line.contains("about it"));
        assertThat(RecentLog.lines()).anyMatch(line -> line.contains("] i.r.") && line.contains("about nothing"));
    }
}
