package io.rookery.server.cli;

import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;

/** The command line's root. Every failure becomes one line on standard error and an exit code of {@link ExitCode}. */
@Command(
        name = "rookery",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "An ETL and integration hub around a replicated document store.",
        subcommands = {
            ServerCommand.class,
            ClusterCommand.class,
            DatabaseCommand.class,
            ConnectionsCommand.class,
            SecretsCommand.class,
            PlanCommand.class,
            ApplyCommand.class,
            TasksCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            ReplayCommand.class,
            ResyncCommand.class,
            MoveCommand.class,
            DeleteCommand.class,
            TailCommand.class,
            ParkedCommand.class,
            ScrubCommand.class,
            RepairCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            SupportCommand.class,
            CompletionCommand.class,
            VersionCommand.class
        })
public final class RookeryCommand {
    private RookeryCommand() {}

    /** Runs one command and returns the process's exit code. */
    public static int run(String... args) {
        return commandLine().execute(args);
    }

    /** With the commands of every {@link CommandProvider}. */
    static CommandLine commandLine() {
        CommandLine root = new CommandLine(new RookeryCommand());
        ServiceLoader.load(CommandProvider.class)
                .forEach(provider -> provider.commands().forEach(root::addSubcommand));
        root.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(Failure.describe(failure));
            return ExitCode.of(failure).number();
        });
        root.setParameterExceptionHandler(RookeryCommand::refuse);
        showExitCodes(root);
        return root;
    }

    private static int refuse(ParameterException failure, String... args) {
        CommandLine command = failure.getCommandLine();
        command.getErr().println(failure.getMessage());
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help' for what it takes.");
        return ExitCode.USAGE.number();
    }

    private static void showExitCodes(CommandLine command) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        if (usage.footer().length == 0) { // a command may say its own
            usage.exitCodeListHeading("%nExit codes:%n").exitCodeList(ExitCode.descriptions());
        }
        command.getSubcommands().values().forEach(RookeryCommand::showExitCodes);
    }
}
