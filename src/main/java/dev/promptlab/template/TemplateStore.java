package dev.promptlab.template;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import dev.promptlab.web.Json;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The tables `template` and `template_version`. Labels are in [LabelStore].
final class TemplateStore {
    /// @return false when the key is taken
    boolean insert(Handle tx, UUID workspaceId, UUID id, String key, String name, @Nullable String description) {
        return tx.createUpdate("""
                insert into template (id, workspace_id, key, name, description, latest_version)
                values (:id, :workspaceId, :key, :name, :description, 1)
                    on conflict (workspace_id, key) do nothing""").bind("id", id).bind("workspaceId", workspaceId)
                .bind("key", key).bind("name", name).bind("description", description).execute() == 1;
    }

    void insertVersion(Handle tx, UUID workspaceId, UUID templateId, int version, Content content,
            @Nullable String message) {
        var messages = content.messages();
        var schema = content.variablesSchema();
        tx.createUpdate("""
                insert into template_version (template_id, version, workspace_id, system_prompt, user_prompt, messages,
                                              variables_schema, defaults, message)
                values (:templateId, :version, :workspaceId, :systemPrompt, :userPrompt, cast(:messages as json),
                        cast(:variablesSchema as json), cast(:defaults as json), :message)""")
                .bind("templateId", templateId).bind("version", version).bind("workspaceId", workspaceId)
                .bind("systemPrompt", content.systemPrompt()).bind("userPrompt", content.userPrompt())
                .bind("messages", messages == null ? null : Json.text(ContentJson.messages(messages)))
                .bind("variablesSchema", schema == null ? null : Json.text(schema))
                .bind("defaults", Json.text(ContentJson.defaults(content.defaults()))).bind("message", message)
                .execute();
    }

    /// Makes other changes of this template wait until the transaction ends.
    ///
    /// @return false when there is no such template
    boolean lock(Handle tx, UUID workspaceId, UUID id) {
        return tx.createQuery("""
                select id from template where workspace_id = :workspaceId and id = :id for no key update""")
                .bind("workspaceId", workspaceId).bind("id", id).mapTo(UUID.class).findOne().isPresent();
    }

    void update(Handle tx, UUID workspaceId, UUID id, String name, @Nullable String description, int latestVersion) {
        tx.createUpdate("""
                update template
                   set name = :name, description = :description, latest_version = :latestVersion, updated_at = now()
                 where workspace_id = :workspaceId and id = :id""").bind("workspaceId", workspaceId).bind("id", id)
                .bind("name", name).bind("description", description).bind("latestVersion", latestVersion).execute();
    }

    /// @return false when it was archived before
    boolean archive(Handle tx, UUID workspaceId, UUID id) {
        return tx.createUpdate("""
                update template set archived_at = now(), updated_at = now()
                 where workspace_id = :workspaceId and id = :id and archived_at is null""")
                .bind("workspaceId", workspaceId).bind("id", id).execute() == 1;
    }

    /// @return false when it was not archived
    boolean restore(Handle tx, UUID workspaceId, UUID id) {
        return tx.createUpdate("""
                update template set archived_at = null, updated_at = now()
                 where workspace_id = :workspaceId and id = :id and archived_at is not null""")
                .bind("workspaceId", workspaceId).bind("id", id).execute() == 1;
    }

    Set<String> keysStartingWith(Handle tx, UUID workspaceId, String start) {
        return tx.createQuery("""
                select key from template where workspace_id = :workspaceId and starts_with(key, :start)""")
                .bind("workspaceId", workspaceId).bind("start", start).mapTo(String.class).set();
    }

    Optional<UUID> idOf(Handle tx, UUID workspaceId, String key) {
        return tx.createQuery("select id from template where workspace_id = :workspaceId and key = :key")
                .bind("workspaceId", workspaceId).bind("key", key).mapTo(UUID.class).findOne();
    }

    Optional<Template> find(Handle tx, UUID workspaceId, UUID id) {
        return tx.createQuery("""
                select t.id, t.key, t.name, t.description, t.archived_at, t.created_at, t.updated_at,
                       v.version, v.system_prompt, v.user_prompt, v.messages, v.variables_schema, v.defaults,
                       (select json_object_agg(l.label, l.version order by l.label)
                          from template_label l
                         where l.workspace_id = t.workspace_id and l.template_id = t.id) as labels
                  from template t
                  join template_version v on v.workspace_id = t.workspace_id and v.template_id = t.id
                                         and v.version = t.latest_version
                 where t.workspace_id = :workspaceId and t.id = :id""").bind("workspaceId", workspaceId)
                .bind("id", id).map((row, _) -> template(row)).findOne();
    }

    /// Newest first.
    List<Template> list(Handle tx, UUID workspaceId, TemplateFilter filter) {
        return tx.createQuery("""
                select t.id, t.key, t.name, t.description, t.archived_at, t.created_at, t.updated_at,
                       v.version, v.system_prompt, v.user_prompt, v.messages, v.variables_schema, v.defaults,
                       (select json_object_agg(l.label, l.version order by l.label)
                          from template_label l
                         where l.workspace_id = t.workspace_id and l.template_id = t.id) as labels
                  from template t
                  join template_version v on v.workspace_id = t.workspace_id and v.template_id = t.id
                                         and v.version = t.latest_version
                 where t.workspace_id = :workspaceId
                   and (t.archived_at is not null) = :archived
                   and (cast(:before as uuid) is null or t.id < :before)
                   and (cast(:text as text) is null
                        or position(lower(:text) in lower(concat_ws(E'\\n', t.key, t.name, t.description))) > 0)
                   and (cast(:label as text) is null
                        or exists (select from template_label l
                                    where l.workspace_id = t.workspace_id and l.template_id = t.id
                                      and l.label = :label))
                 order by t.id desc
                 limit :limit""").bind("workspaceId", workspaceId).bind("archived", filter.archived())
                .bind("before", filter.before()).bind("text", filter.text()).bind("label", filter.label())
                .bind("limit", filter.limit()).map((row, _) -> template(row)).list();
    }

    Optional<TemplateVersion> findVersion(Handle tx, UUID workspaceId, UUID templateId, int version) {
        return tx.createQuery("""
                select v.template_id, v.version, v.system_prompt, v.user_prompt, v.messages, v.variables_schema,
                       v.defaults, v.message, v.created_at,
                       array(select l.label
                               from template_label l
                              where l.workspace_id = v.workspace_id and l.template_id = v.template_id
                                and l.version = v.version
                              order by l.label) as labels
                  from template_version v
                 where v.workspace_id = :workspaceId and v.template_id = :templateId and v.version = :version""")
                .bind("workspaceId", workspaceId).bind("templateId", templateId).bind("version", version)
                .map((row, _) -> version(row)).findOne();
    }

    /// Newest first.
    ///
    /// @param before only older versions than this; null for all
    List<TemplateVersion> versions(Handle tx, UUID workspaceId, UUID templateId, @Nullable Integer before, int limit) {
        return tx.createQuery("""
                select v.template_id, v.version, v.system_prompt, v.user_prompt, v.messages, v.variables_schema,
                       v.defaults, v.message, v.created_at,
                       array(select l.label
                               from template_label l
                              where l.workspace_id = v.workspace_id and l.template_id = v.template_id
                                and l.version = v.version
                              order by l.label) as labels
                  from template_version v
                 where v.workspace_id = :workspaceId and v.template_id = :templateId
                   and (cast(:before as int) is null or v.version < :before)
                 order by v.version desc
                 limit :limit""").bind("workspaceId", workspaceId).bind("templateId", templateId)
                .bind("before", before).bind("limit", limit).map((row, _) -> version(row)).list();
    }

    /// Removes versions of a deleted workspace, whose labels are gone.
    ///
    /// @return how many, at most `limit`
    int deleteVersions(Handle tx, UUID workspaceId, int limit) {
        return tx.createUpdate("""
                delete from template_version where ctid = any (array(
                    select ctid from template_version where workspace_id = :workspaceId limit :limit))""")
                .bind("workspaceId", workspaceId).bind("limit", limit).execute();
    }

    /// As [#deleteVersions], of templates without versions.
    int deleteTemplates(Handle tx, UUID workspaceId, int limit) {
        return tx.createUpdate("""
                delete from template where ctid = any (array(
                    select ctid from template where workspace_id = :workspaceId limit :limit))""")
                .bind("workspaceId", workspaceId).bind("limit", limit).execute();
    }

    /// Where references point now, in their order; empty where there is no such template.
    List<Optional<Pointer>> pointers(Handle tx, List<VersionRef> refs) {
        return tx.createQuery("""
                select t.key, t.name, t.archived_at is not null as archived, t.latest_version,
                       coalesce(v.version, 0) as version
                  from unnest(:workspaceIds, :templateIds, :versions, :labels)
                       with ordinality as r (workspace_id, template_id, version, label, place)
                  left join template t on t.workspace_id = r.workspace_id and t.id = r.template_id
                  left join template_label l on l.workspace_id = r.workspace_id and l.template_id = t.id
                                            and l.label = r.label
                  left join template_version v on v.workspace_id = r.workspace_id and v.template_id = t.id
                                              and v.version = case when r.label is null or r.label = 'latest'
                                                                   then coalesce(r.version, t.latest_version)
                                                                   else l.version end
                 order by r.place""")
                .bindArray("workspaceIds", UUID.class, refs.stream().map(VersionRef::workspaceId).toList())
                .bindArray("templateIds", UUID.class, refs.stream().map(VersionRef::templateId).toList())
                .bindArray("versions", Integer.class, refs.stream().map(VersionRef::version).toArray())
                .bindArray("labels", String.class, refs.stream().map(VersionRef::label).toArray())
                .map((row, _) -> pointer(row)).list();
    }

    private static Optional<Pointer> pointer(ResultSet row) throws SQLException {
        var key = row.getString("key");
        return key == null ? Optional.empty()
                : Optional.of(new Pointer(key, row.getString("name"), row.getBoolean("archived"),
                        row.getInt("latest_version"), row.getInt("version")));
    }

    private static Template template(ResultSet row) throws SQLException {
        return new Template(row.getObject("id", UUID.class), row.getString("key"), row.getString("name"),
                row.getString("description"), row.getInt("version"), content(row), labels(row.getString("labels")),
                time(row, "archived_at"), requiredTime(row, "created_at"), requiredTime(row, "updated_at"));
    }

    private static Map<String, Integer> labels(@Nullable String json) {
        var labels = new LinkedHashMap<String, Integer>();
        if (json != null) {
            Json.parse(json).properties().forEach(entry -> labels.put(entry.getKey(), entry.getValue().intValue()));
        }
        return labels;
    }

    private static TemplateVersion version(ResultSet row) throws SQLException {
        return new TemplateVersion(row.getObject("template_id", UUID.class), row.getInt("version"), content(row),
                row.getString("message"), List.of((String[]) row.getArray("labels").getArray()),
                requiredTime(row, "created_at"));
    }

    private static Content content(ResultSet row) throws SQLException {
        var messages = row.getString("messages");
        var schema = row.getString("variables_schema");
        return new Content(row.getString("system_prompt"), row.getString("user_prompt"),
                messages == null ? null : ContentJson.turns(Json.parse(messages)),
                schema == null ? null : Json.parseObject(schema),
                ContentJson.defaults(Json.parse(row.getString("defaults"))));
    }

    static Instant requiredTime(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column) == null ? null : requiredTime(row, column);
    }
}
