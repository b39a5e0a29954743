package io.rookery.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReportTest {
    private static Report report() {
        return new Report(new Plan(Plan.Shape.THREE, Duration.ofMinutes(1), List.of(new Kill(true)), true, 1));
    }

    private static Incident incident(boolean happened) {
        Incident incident = new Incident("kill9-leader", 0);
        incident.prove(happened, "process 1 is gone");
        return incident;
    }

    @Test
    void shouldPassWhenFaultsHappenedAndCheckersFoundNothing() {
        Report report = report();
        report.add(incident(true));
        report.add(new Verdict("bank", Tally.NONE));

        assertThat(report.exitCode()).isZero();
    }

    @Test
    void shouldBeInvalidWhenFaultDidNotHappen() {
        Report report = report();
        report.add(incident(true));
        report.add(incident(false));

        assertThat(report.exitCode()).isEqualTo(2);
        assertThat(report.toString()).contains("DID NOT HAPPEN: process 1 is gone");
    }

    @Test
    void shouldBeInvalidWhenIncidentHasNoEvidence() {
        Report report = report();
        report.add(new Incident("pause", 0));

        assertThat(report.exitCode()).isEqualTo(2);
    }

    @Test
    void shouldBeInvalidAndSayWhyWhenAllFaultsWereSkipped() {
        Report report = report();
        report.skip(new Kill(true), "nobody may kill here");
        report.add(new Verdict("bank", Tally.NONE));

        assertThat(report.exitCode()).isEqualTo(2);
        assertThat(report.toString()).contains("SKIPPED  kill9-leader: nobody may kill here");
        assertThat(report.json().toString()).contains("nobody may kill here");
    }

    @Test
    void shouldBeViolatedWhenCheckerFindsSomethingThoughRunIsInvalidToo() {
        Report report = report();
        report.add(incident(false));
        Verdict verdict = new Verdict("bank", Tally.NONE);
        verdict.violation("Expected a total of 600");
        report.add(verdict);

        assertThat(report.exitCode()).isEqualTo(1);
    }

    @Test
    void shouldBeViolatedWhenClusterDidWhatItMustNotUnderFault() {
        Report report = report();
        Incident incident = incident(true);
        incident.blame("node A had ended with exit code 70, which nothing asked it to");
        report.add(incident);

        assertThat(report.exitCode()).isEqualTo(1);
    }
}
