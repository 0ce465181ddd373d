package dev.promptlab;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/// The direction of dependencies, as docs/architecture.md draws it.
class ArchitectureTest {
    private static final String[] TOP = {"dev.promptlab", "dev.promptlab.cli.."};
    private static final String[] GROUND = {"dev.promptlab.web..", "dev.promptlab.db..", "dev.promptlab.config..",
            "dev.promptlab.telemetry..", "dev.promptlab.egress..", "dev.promptlab.net..", "dev.promptlab.redis.."};
    private static final String[] MIDDLE = {"dev.promptlab.template..", "dev.promptlab.provider..",
            "dev.promptlab.callback..", "dev.promptlab.cache..", "dev.promptlab.limit..", "dev.promptlab.event..",
            "dev.promptlab.view..", "dev.promptlab.workspace.."};

    /// A Store, with what is nested in it.
    private static final DescribedPredicate<JavaClass> A_STORE = DescribedPredicate.describe("a Store",
            type -> type.getName().matches(".*Store(\\$.*)?"));
    private static final DescribedPredicate<JavaClass> SQL_OWNERS = A_STORE
            .or(resideInAPackage("dev.promptlab.db.."));
    private static final DescribedPredicate<JavaClass> JDBI = resideInAPackage("org.jdbi..");

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.promptlab");

    @Test
    void theGroundKnowsNoFeature() {
        from(GROUND).should().dependOnClassesThat(resideInAnyPackage(MIDDLE).or(resideInAnyPackage(TOP))
                .or(resideInAnyPackage("dev.promptlab.job..", "dev.promptlab.eval.."))).check(PRODUCT);
    }

    @Test
    void whatJobsAreMadeOfKnowsNoJobs() {
        from(MIDDLE).should().dependOnClassesThat(
                resideInAnyPackage(TOP).or(resideInAnyPackage("dev.promptlab.job..", "dev.promptlab.eval..")))
                .allowEmptyShould(true).check(PRODUCT);
    }

    @Test
    void jobsKnowNoEvaluationAndNobodyKnowsTheCommands() {
        from("dev.promptlab.job..").should().dependOnClassesThat(
                resideInAnyPackage(TOP).or(resideInAPackage("dev.promptlab.eval.."))).check(PRODUCT);
        from("dev.promptlab.eval..").should().dependOnClassesThat(resideInAnyPackage(TOP)).allowEmptyShould(true)
                .check(PRODUCT);
    }

    /// So that suites can be read and answers graded anywhere, without a server.
    @Test
    void suitesAndAssertionsKnowNoJobsAndNoDatabase() {
        from("dev.promptlab.eval.suite..", "dev.promptlab.eval.assertion..").should().dependOnClassesThat(
                resideInAnyPackage("dev.promptlab.job..", "dev.promptlab.db..", "java.net.http..")).check(PRODUCT);
        from("dev.promptlab.eval.assertion..").should()
                .dependOnClassesThat(resideInAPackage("dev.promptlab.eval.suite..")).check(PRODUCT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"template", "provider", "callback", "cache", "limit", "event", "view"})
    void featuresInTheMiddleStandAlone(String feature) {
        var home = "dev.promptlab." + feature + "..";
        var shared = resideInAnyPackage("dev.promptlab.workspace.access..", "dev.promptlab.workspace.secret..")
                .or(nameMatching("dev\\.promptlab\\.provider\\.(Message|TokenEstimate)"));
        from(home).should().dependOnClassesThat(
                resideInAnyPackage(MIDDLE).and(not(resideInAPackage(home))).and(not(shared)))
                .allowEmptyShould(true).check(PRODUCT);
    }

    @Test
    void noFeaturesDependOnEachOtherInACircle() {
        slices().matching("dev.promptlab.(*)..").should().beFreeOfCycles().check(PRODUCT);
    }

    /// Leases, delays and deadlines are the database's to judge: the clock of a process may be an hour off.
    @Test
    void noClockOfAProcessReachesTheQueue() {
        var clocks = DescribedPredicate.<JavaAccess<?>>describe("ask the clock of the process",
                access -> access.getTarget().getFullName().matches(
                        "java\\.time\\.(Instant|OffsetDateTime|ZonedDateTime|LocalDateTime|LocalDate)\\.now\\(.*|java\\.time\\.Clock\\.system.*|java\\.lang\\.System\\.currentTimeMillis\\(\\)"));
        noClasses().that().resideInAnyPackage("dev.promptlab.job..", "dev.promptlab.db").and()
                .doNotHaveSimpleName("Costs") // which price holds today
                .should().accessTargetWhere(clocks).check(PRODUCT);
    }

    /// Services open transactions and hand them on: they hold a `Handle` and call nothing on it.
    @Test
    void onlyStoresRunSql() {
        var othersType = JDBI.and(not(nameMatching("org\\.jdbi\\.v3\\.core\\.Handle")));
        noClasses().that(not(SQL_OWNERS)).should().dependOnClassesThat(othersType).check(PRODUCT);
        noClasses().that(not(SQL_OWNERS)).should()
                .accessTargetWhere(JavaAccess.Predicates.targetOwner(JDBI)).check(PRODUCT);
        from("dev.promptlab.web..", "dev.promptlab.config..", "dev.promptlab.telemetry..", "dev.promptlab.cli..")
                .should().dependOnClassesThat(JDBI.or(resideInAPackage("java.sql.."))).check(PRODUCT);
    }

    @Test
    void onlyTheEdgeKnowsTheWebServer() {
        noClasses().that(not(resideInAPackage("dev.promptlab.web.."))).should()
                .dependOnClassesThat(resideInAPackage("org.eclipse.jetty..")).check(PRODUCT);
    }

    private static GivenClassesConjunction from(String... packages) {
        return noClasses().that().resideInAnyPackage(packages);
    }
}
