package dev.promptlab.job;

import java.util.List;

import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class GenerateRequestTest {
    private static final String ID = "01890a5d-ac96-774b-bcce-b302099a8057";

    @Test
    void inputIsShorthandForAVariable() {
        var request = parse("{'templateId':'" + ID + "','input':'tea','variables':{'tone':'dry'}}");

        assertThat(request.variables()).isEqualTo(Json.parse("{\"tone\":\"dry\",\"input\":\"tea\"}"));
        assertThat(request.priority()).isEqualTo(Priority.NORMAL);
        assertThat(request.reuse()).isEqualTo(Reuse.ANY);
    }

    @Test
    void inputMayRepeatTheVariableButNotContradictIt() {
        assertThat(parse("{'templateId':'" + ID + "','input':1,'variables':{'input':1}}").variables().get("input")
                .intValue()).isOne();
        assertError("{'templateId':'" + ID + "','input':'a','variables':{'input':'b'}}",
                "input differs from variables.input");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                        | templateId is required
            {'templateId':'x'}                                        | templateId must be a UUID
            {'templateId':'$ID','messages':[{'role':'user','content':'x'}]} | messages cannot be combined
            {'templateId':'$ID','version':1,'label':'a'}              | label cannot be combined with version
            {'templateId':'$ID','version':0}                          | version must be a whole number
            {'templateId':'$ID','temprature':1}                       | temprature is not a known field
            {'templateId':'$ID','params':{'temperature':3}}           | params.temperature must be a number from 0 to 2
            {'templateId':'$ID','params':{'maxTokens':1.5}}           | params.maxTokens must be a whole number
            {'templateId':'$ID','params':{'stream':true}}             | params.stream is set by PromptLab itself
            {'templateId':'$ID','params':[]}                          | params must be an object
            {'templateId':'$ID','priority':'urgent'}                  | priority must be one of high, normal, low
            {'templateId':'$ID','runAt':'tomorrow'}                   | runAt must be a time with offset
            {'templateId':'$ID','runAt':'+300000-01-01T00:00:00Z'}    | runAt must be a time with offset
            {'templateId':'$ID','maxAge':'1 day'}                     | maxAge must be a duration
            {'templateId':'$ID','maxAttempts':21}                     | maxAttempts must be a whole number from 1 to 20
            {'templateId':'$ID','callbackUrl':'http://127.0.0.1/'}    | callbackUrl must not point to 127.0.0.1
            {'templateId':'$ID','callbackUrl':'example.com'}          | callbackUrl must be an http or https URL
            {'templateId':'$ID','callbackUrl':' '}                    | callbackUrl must not be empty
            {'templateId':'$ID','callbackUrl':7}                      | callbackUrl must be a string
            {'messages':[]}                                           | messages must have 1 to 1000 entries
            {'messages':[{'role':'robot','content':'x'}]}             | messages[0].role must be one of system, user, assistant
            {'messages':[{'role':'user'}]}                            | messages[0].content is required
            {'messages':[{'role':'user','content':'x'}],'input':'y'}  | input needs a templateId
            """)
    void whatIsWrongIsNamed(String body, String message) {
        assertError(body.replace("$ID", ID), message);
    }

    @Test
    void everythingWrongIsSaidAtOnce() {
        assertError("{'templateId':7,'fresh':'yes','priority':1,'maxAttempts':0}", "(and 3 more)");
    }

    @Test
    void aCallbackUrlOnThePublicInternetIsKept() {
        assertThat(parse("{'templateId':'" + ID + "','callbackUrl':'https://example.com/x'}").callbackUrl())
                .isEqualTo("https://example.com/x");
    }

    private static GenerateRequest parse(String body) {
        return GenerateRequest.parse(Json.parse(body.replace('\'', '"')), OutgoingUrls.allowing(List.of()));
    }

    private static void assertError(String body, String message) {
        assertThatExceptionOfType(Failure.Invalid.class).isThrownBy(() -> parse(body)).withMessageContaining(message);
    }
}
