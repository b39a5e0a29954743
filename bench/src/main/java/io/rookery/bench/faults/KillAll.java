package io.rookery.bench.faults;

/** Kills all nodes at once with SIGKILL and starts them again, as when a whole site loses its power. */
record KillAll() implements Nemesis {
    @Override
    public String name() {
        return "kill9-all";
    }

    @Override
    public void strike(Stage stage, Incident incident) {
        incident.target("all");
        for (Member member : stage.cluster().members()) {
            long pid = member.process().pid();
            member.process().kill();
            incident.prove(member.kernelState().equals("gone"), "process " + pid + " of " + member + " is gone");
        }
        stage.cluster().members().forEach(member -> member.process().start());
    }
}
