package dev.promptlab.eval.server;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;

import dev.promptlab.eval.assertion.Sandbox;
import dev.promptlab.eval.suite.LoadOptions;
import dev.promptlab.eval.suite.Problem;
import dev.promptlab.eval.suite.PromptSource;
import dev.promptlab.eval.suite.Suite;
import dev.promptlab.eval.suite.SuiteException;
import dev.promptlab.eval.suite.SuiteLoader;
import dev.promptlab.provider.ProviderSource;
import dev.promptlab.template.TemplateTexts;
import dev.promptlab.template.TemplateTexts.Texts;
import dev.promptlab.web.Failure;

import static java.util.stream.Collectors.toUnmodifiableSet;

/// Reads and checks the suites of a workspace. Runs no script files. Thread-safe.
final class SuiteReader {
    private static final int MAX_CASES = 100_000;
    /// A large suite takes a core and much memory for seconds, one with scripts a process more.
    private static final Semaphore TURNS = new Semaphore(4, true);

    private final ProviderSource providers;
    private final TemplateTexts templates;

    SuiteReader(ProviderSource providers, TemplateTexts templates) {
        this.providers = providers;
        this.templates = templates;
    }

    /// With the template version that the file names, if it names one.
    ///
    /// @param key names the file in problems
    Suite read(UUID workspaceId, String key, SuiteText text) throws SuiteException, InterruptedException {
        return read(workspaceId, key, text,
                reference -> texts(workspaceId, reference).map(SuiteReader::version).stream()
                        .toList());
    }

    /// With these versions, whatever the file names.
    ///
    /// @param prompts `key@version` each; none = as the file says
    Suite read(UUID workspaceId, String key, SuiteText text, List<String> prompts)
            throws SuiteException, InterruptedException {
        return prompts.isEmpty() ? read(workspaceId, key, text)
                : read(workspaceId, key, text, (PromptSource) _ -> prompts.stream()
                        .flatMap(prompt -> texts(workspaceId, prompt).map(SuiteReader::version).stream()).toList());
    }

    private Suite read(UUID workspaceId, String key, SuiteText text, PromptSource prompts)
            throws SuiteException, InterruptedException {
        var names = providers.offer(workspaceId).known().stream().collect(toUnmodifiableSet());
        TURNS.acquire();
        try (var sandbox = new Sandbox()) {
            return SuiteLoader.parse(key + ".eval.yaml", text.content(), text.files(),
                    new LoadOptions(false, names, prompts, sandbox, null, MAX_CASES));
        } finally {
            TURNS.release();
        }
    }

    /// @throws Failure.Invalid with everything that is wrong with the suite
    Suite require(UUID workspaceId, String key, SuiteText text, List<String> prompts) throws InterruptedException {
        try {
            return read(workspaceId, key, text, prompts);
        } catch (SuiteException e) {
            throw new Failure.Invalid(List.of(),
                    Map.of("content", e.problems().stream().map(Problem::toString).toList()));
        }
    }

    /// What a reference such as `greet@production` names now.
    Optional<Texts> texts(UUID workspaceId, String reference) {
        var at = reference.lastIndexOf('@');
        return at < 0 ? templates.find(workspaceId, reference, "")
                : templates.find(workspaceId, reference.substring(0, at), reference.substring(at + 1));
    }

    static String label(Texts texts) {
        return texts.key() + "@" + texts.version();
    }

    private static PromptSource.Version version(Texts texts) {
        return new PromptSource.Version(label(texts), texts.messages());
    }
}
