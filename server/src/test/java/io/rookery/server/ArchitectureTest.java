package io.rookery.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.regex.Pattern;

/** Who may see whom. A rule that finds no class to look at fails. */
@AnalyzeClasses(packages = "io.rookery", importOptions = ArchitectureTest.WithoutTests.class)
final class ArchitectureTest {
    /** Tests may see more, among them their own module's samples and servers. */
    static final class WithoutTests implements ImportOption {
        private static final Pattern TESTS = Pattern.compile(".*(/test-classes/|-tests\\.jar!/|/test/io/rookery/).*");

        @Override
        public boolean includes(Location location) {
            return !location.matches(TESTS);
        }
    }

    private static final String API = "io.rookery.api..";
    private static final String STORE = "io.rookery.store..";
    private static final String CLUSTER = "io.rookery.cluster..";
    private static final String TRANSFORMS = "io.rookery.transforms..";
    private static final String SINKS = "io.rookery.sinks..";
    private static final String ETL = "io.rookery.etl..";
    private static final String SERVER = "io.rookery.server..";

    @ArchTest
    static final ArchRule apiSeesTheJdkAndOneJsonParser = classes()
            .that()
            .resideInAPackage(API)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(API, "java..", "com.fasterxml.jackson.core..");

    @ArchTest
    static final ArchRule jsonParserIsSeenByJsonAndItsReaderAlone = noClasses()
            .that()
            .haveNameNotMatching("io\\.rookery\\.api\\.Json(Reader)?(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml.jackson..");

    @ArchTest
    static final ArchRule storeSeesApiAlone = noClasses()
            .that()
            .resideInAPackage(STORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    CLUSTER,
                    TRANSFORMS,
                    SINKS,
                    ETL,
                    SERVER,
                    "org.apache.ratis..",
                    "org.apache.camel..",
                    "org.eclipse.jetty..",
                    "java.net.http..",
                    "com.sun.net.httpserver..");

    @ArchTest
    static final ArchRule storeHasNoClock = noClasses()
            .that()
            .resideInAPackage(STORE)
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now");

    @ArchTest
    static final ArchRule clusterSeesStoreAndApi = noClasses()
            .that()
            .resideInAPackage(CLUSTER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    TRANSFORMS,
                    SINKS,
                    ETL,
                    SERVER,
                    "org.apache.camel..",
                    "org.eclipse.jetty..",
                    "java.net.http..",
                    "com.sun.net.httpserver..");

    @ArchTest
    static final ArchRule roomsOfTheClusterDoNotSeeTheNode = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.rookery.cluster.topology..", "io.rookery.cluster.wire..", "io.rookery.cluster.disk..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.rookery.cluster");

    @ArchTest
    static final ArchRule transformsSeeApiAlone = noClasses()
            .that()
            .resideInAPackage(TRANSFORMS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    STORE, CLUSTER, SINKS, ETL, SERVER, "java.net..", "java.nio.file..", "java.sql..", "org.apache..");

    @ArchTest
    static final ArchRule sinksSeeApiAlone = noClasses()
            .that()
            .resideInAPackage(SINKS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(STORE, CLUSTER, TRANSFORMS, ETL, SERVER);

    @ArchTest
    static final ArchRule sinksDoNotSeeEachOther =
            slices().matching("io.rookery.sinks.(*)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule etlSeesApiAlone = noClasses()
            .that()
            .resideInAPackage(ETL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(STORE, CLUSTER, TRANSFORMS, SINKS, SERVER, "org.rocksdb..", "org.apache.ratis..");

    @ArchTest
    static final ArchRule ratisEndsAtCluster = noClasses()
            .that()
            .resideOutsideOfPackages(CLUSTER, "io.rookery.bench..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.ratis..");

    @ArchTest
    static final ArchRule rocksDbEndsAtItsPackage = noClasses()
            .that()
            .resideOutsideOfPackages("io.rookery.store.rocks..", "io.rookery.bench..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.rocksdb..");

    @ArchTest
    static final ArchRule camelAndDebeziumEndAtEtlAndTheCamelSink = noClasses()
            .that()
            .resideOutsideOfPackages(ETL, "io.rookery.sinks.camel..", "io.rookery.bench..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.camel..", "io.debezium..", "org.apache.kafka.connect..");

    @ArchTest
    static final ArchRule s3EndsAtItsStorage = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("io.rookery.server.backup.S3Storage")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon.awssdk..");
}
