--
-- PostgreSQL database dump
--



SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: audit_anchors_guard(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.audit_anchors_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'DELETE' and current_setting('opencrane.retention', true) = 'sweep'
        and old.sequence < (select max(sequence) from audit_anchors) then
        return old;
    end if;
    raise exception 'anchors of the audit chain are not changed' using errcode = 'restrict_violation';
end
$$;


--
-- Name: audit_chain_guard(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.audit_chain_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'DELETE' and current_setting('opencrane.retention', true) = 'sweep'
        and old.sequence <= (select coalesce(max(sequence), 0) from audit_anchors) then
        return old;
    end if;
    raise exception 'the audit chain is append-only' using errcode = 'restrict_violation';
end
$$;


--
-- Name: audit_entries_guard(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.audit_entries_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'UPDATE' and old.outcome = 'pending' and new.outcome <> 'pending'
        and (new.id, new.at, new.actor, new.request_id, new.action, new.resource)
            = (old.id, old.at, old.actor, old.request_id, old.action, old.resource)
        and new.tenant is not distinct from old.tenant and new.before is not distinct from old.before then
        return new;
    end if;
    if tg_op = 'DELETE' and current_setting('opencrane.retention', true) = 'sweep' and old.outcome <> 'pending'
        and exists (select from audit_chain where entry_id = old.id and part = 'ended')
        and not exists (select from audit_chain
            where entry_id = old.id and sequence > (select coalesce(max(sequence), 0) from audit_anchors)) then
        return old;
    end if;
    raise exception 'audit entries are append-only' using errcode = 'restrict_violation';
end
$$;


--
-- Name: audit_entries_note(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.audit_entries_note() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into audit_unsealed (entry_id, part)
        select id, case when tg_op = 'INSERT' and outcome = 'pending' then 'begun' else 'ended' end from fresh order by id;
    return null;
end
$$;


--
-- Name: bootstrap_log_guard(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.bootstrap_log_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'DELETE' and current_setting('opencrane.retention', true) = 'sweep'
        and exists (select from departed_tenants where uid = old.uid)
        and not exists (select from tenants where uid = old.uid and deleted_at is null)
    then
        return old;
    end if;
    raise exception 'the bootstrap log is append-only' using errcode = 'restrict_violation';
end
$$;


--
-- Name: instance_log_number(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.instance_log_number() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_advisory_xact_lock(hashtextextended('instance_log/' || new.uid, 0));
    insert into instance_log_lines (uid, seq, source, line_id)
        select new.uid, coalesce(max(seq), 0) + 1, tg_argv[0]::smallint, new.id from instance_log_lines where uid = new.uid;
    return null;
end
$$;


--
-- Name: instance_usage_cursor_follow(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.instance_usage_cursor_follow() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.tenant_uid is not null and new.delete_requested_at is null and new.deleted_at is null then
        insert into instance_usage_cursors (instance_id, due_at) values (new.id, new.updated_at) on conflict do nothing;
    else
        delete from instance_usage_cursors where instance_id = new.id;
    end if;
    return null;
end
$$;


--
-- Name: outbox_announce(text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.outbox_announce(entry_topic text, entry_key text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    -- An entry that somebody is about to take, or that another announcement holds, may have been read too early: skipped.
    perform 1 from outbox where topic = entry_topic and key = entry_key and died_at is null and holder is null
        limit 1 for update skip locked;
    if not found then
        insert into outbox (topic, key, payload, next_attempt_at, created_at)
        values (entry_topic, entry_key, '{}', clock_timestamp(), clock_timestamp());
    end if;
end
$$;


--
-- Name: provisioning_log_guard(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.provisioning_log_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'DELETE' and current_setting('opencrane.retention', true) = 'sweep'
        and exists (select from departed_tenants where uid = old.uid)
        and not exists (select from tenants where uid = old.uid and deleted_at is null)
    then
        return old;
    end if;
    raise exception 'the provisioning log is append-only' using errcode = 'restrict_violation';
end
$$;


--
-- Name: retrieval_announce(text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.retrieval_announce(entry_topic text, entry_key text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    -- Without a retrieval service there is nobody to tell.
    if exists (select 1 from retrieval_services) then
        perform outbox_announce(entry_topic, entry_key);
    end if;
end
$$;


--
-- Name: retrieval_grant_changed(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.retrieval_grant_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op <> 'INSERT' and old.payload_type = 'awareness' then
        perform retrieval_announce('retrieval.subject', old.subject_type || ':' || old.subject_id);
    end if;
    if tg_op <> 'DELETE' and new.payload_type = 'awareness' then
        perform retrieval_announce('retrieval.subject', new.subject_type || ':' || new.subject_id);
    end if;
    return null;
end
$$;


--
-- Name: retrieval_member_changed(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.retrieval_member_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'DELETE' then
        perform retrieval_announce('retrieval.subject', 'member:' || old.member);
    else
        perform retrieval_announce('retrieval.subject', 'member:' || new.member);
    end if;
    return null;
end
$$;


--
-- Name: retrieval_policy_changed(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.retrieval_policy_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform retrieval_announce('retrieval.subject', 'policy:' || new.name);
    return null;
end
$$;


--
-- Name: retrieval_tenant_changed(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.retrieval_tenant_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform retrieval_announce('retrieval.tenant', new.name);
    return null;
end
$$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: access_policies; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.access_policies (
    namespace text NOT NULL,
    name text NOT NULL,
    uid text DEFAULT ''::text NOT NULL,
    resource_version text DEFAULT ''::text NOT NULL,
    resource_version_seq numeric DEFAULT 0 NOT NULL,
    generation bigint,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    description text,
    tenant_selector jsonb,
    domains jsonb,
    egress_rules jsonb,
    mcp_servers jsonb,
    message text,
    spec jsonb DEFAULT '{}'::jsonb NOT NULL,
    status jsonb,
    spec_hash text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    observed_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    cluster_uid text DEFAULT ''::text NOT NULL
);


--
-- Name: access_tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.access_tokens (
    id uuid NOT NULL,
    number bigint NOT NULL,
    secret_hash text NOT NULL,
    parent_id uuid,
    name text NOT NULL,
    owner text NOT NULL,
    created_by text NOT NULL,
    is_device boolean DEFAULT false NOT NULL,
    roles text[] NOT NULL,
    scopes text[] NOT NULL,
    organization text,
    email text,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    maker text NOT NULL,
    CONSTRAINT access_tokens_secret_hash_check CHECK ((secret_hash ~ '^[0-9a-f]{64}$'::text))
);


--
-- Name: access_tokens_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.access_tokens ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.access_tokens_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: agents; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.agents (
    id uuid NOT NULL,
    board_id uuid NOT NULL,
    gateway_id text NOT NULL,
    namespace text NOT NULL,
    tenant text NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    agent_key text NOT NULL,
    gateway_agent_id text,
    workspace_path text,
    is_board_lead boolean NOT NULL,
    is_gateway_main boolean NOT NULL,
    is_paused boolean NOT NULL,
    is_retired boolean NOT NULL,
    heartbeat_config jsonb,
    heartbeat jsonb,
    missing_tolerance integer NOT NULL,
    identity_profile jsonb,
    identity_template text,
    soul_template text,
    token_hash text,
    next_token_hash text,
    token_generation integer NOT NULL,
    generation integer NOT NULL,
    step text,
    options jsonb NOT NULL,
    attempts integer NOT NULL,
    next_attempt_at timestamp with time zone,
    last_provision_error text,
    lease_holder uuid,
    lease_until timestamp with time zone,
    wake_attempts integer NOT NULL,
    checkin_deadline_at timestamp with time zone,
    last_seen_at timestamp with time zone,
    reported_status text,
    ready_at timestamp with time zone,
    delete_requested_at timestamp with time zone,
    deleted_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT agents_check CHECK (((status = 'deleted'::text) = (deleted_at IS NOT NULL))),
    CONSTRAINT agents_check1 CHECK (((status <> 'deleted'::text) OR ((token_hash IS NULL) AND (next_token_hash IS NULL)))),
    CONSTRAINT agents_generation_check CHECK ((generation > 0)),
    CONSTRAINT agents_missing_tolerance_check CHECK ((missing_tolerance > 0)),
    CONSTRAINT agents_name_check CHECK ((name <> ''::text)),
    CONSTRAINT agents_status_check CHECK ((status = ANY (ARRAY['provisioning'::text, 'ready'::text, 'active'::text, 'idle'::text, 'offline'::text, 'updating'::text, 'paused'::text, 'error'::text, 'deleting'::text, 'deleted'::text])))
);


--
-- Name: ai_budgets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.ai_budgets (
    scope text NOT NULL,
    name text NOT NULL,
    limit_usd numeric(18,6),
    revision bigint DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT ai_budgets_check CHECK (((scope = 'global'::text) = (name = ''::text))),
    CONSTRAINT ai_budgets_limit_usd_check CHECK ((limit_usd >= (0)::numeric)),
    CONSTRAINT ai_budgets_scope_check CHECK ((scope = ANY (ARRAY['global'::text, 'account'::text])))
);


--
-- Name: ai_spend; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.ai_spend (
    scope text NOT NULL,
    name text NOT NULL,
    spend_usd numeric(18,6) NOT NULL,
    read_at timestamp with time zone NOT NULL,
    alert_state text DEFAULT 'ok'::text NOT NULL,
    alert_changed_at timestamp with time zone,
    CONSTRAINT ai_spend_alert_state_check CHECK ((alert_state = ANY (ARRAY['ok'::text, 'warning'::text, 'exceeded'::text]))),
    CONSTRAINT ai_spend_scope_check CHECK ((scope = ANY (ARRAY['global'::text, 'account'::text, 'tenant'::text])))
);


--
-- Name: api_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_keys (
    id uuid NOT NULL,
    number bigint NOT NULL,
    organization text NOT NULL,
    customer_id text,
    name text NOT NULL,
    role text NOT NULL,
    scopes text[] NOT NULL,
    secret_hash text NOT NULL,
    previous_hash text,
    previous_expires_at timestamp with time zone,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    rotated_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    parent_id uuid,
    CONSTRAINT api_keys_check CHECK (((previous_hash IS NULL) = (previous_expires_at IS NULL))),
    CONSTRAINT api_keys_previous_hash_check CHECK ((previous_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT api_keys_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'member'::text]))),
    CONSTRAINT api_keys_secret_hash_check CHECK ((secret_hash ~ '^[0-9a-f]{64}$'::text))
);


--
-- Name: api_keys_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.api_keys ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.api_keys_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: audit_anchors; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_anchors (
    sequence bigint NOT NULL,
    digest bytea NOT NULL,
    removed bigint NOT NULL,
    removed_at timestamp with time zone NOT NULL,
    key_id text,
    code bytea,
    CONSTRAINT audit_anchors_check CHECK (((key_id IS NULL) = (code IS NULL))),
    CONSTRAINT audit_anchors_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT audit_anchors_removed_check CHECK ((removed > 0)),
    CONSTRAINT audit_anchors_sequence_check CHECK ((sequence > 0))
);


--
-- Name: audit_chain; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_chain (
    sequence bigint NOT NULL,
    entry_id bigint NOT NULL,
    part text NOT NULL,
    previous bytea NOT NULL,
    digest bytea NOT NULL,
    key_id text,
    code bytea,
    sealed_at timestamp with time zone NOT NULL,
    CONSTRAINT audit_chain_check CHECK (((key_id IS NULL) = (code IS NULL))),
    CONSTRAINT audit_chain_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT audit_chain_part_check CHECK ((part = ANY (ARRAY['begun'::text, 'ended'::text]))),
    CONSTRAINT audit_chain_previous_check CHECK ((octet_length(previous) = 32)),
    CONSTRAINT audit_chain_sequence_check CHECK ((sequence > 0))
);


--
-- Name: audit_entries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_entries (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    request_id text NOT NULL,
    action text NOT NULL,
    resource text NOT NULL,
    tenant text,
    message text NOT NULL,
    outcome text NOT NULL,
    before jsonb,
    after jsonb,
    CONSTRAINT audit_entries_outcome_check CHECK ((outcome = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text])))
);


--
-- Name: audit_entries_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.audit_entries ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_entries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: audit_unsealed; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_unsealed (
    number bigint NOT NULL,
    entry_id bigint NOT NULL,
    part text NOT NULL,
    CONSTRAINT audit_unsealed_part_check CHECK ((part = ANY (ARRAY['begun'::text, 'ended'::text])))
);


--
-- Name: audit_unsealed_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.audit_unsealed ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_unsealed_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: awareness_rollout; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.awareness_rollout (
    is_only boolean DEFAULT true NOT NULL,
    target_version text NOT NULL,
    stable_version text NOT NULL,
    waves text[] NOT NULL,
    promoted_count integer NOT NULL,
    is_shadow boolean NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT awareness_rollout_is_only_check CHECK (is_only)
);


--
-- Name: background_leases; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.background_leases (
    name text NOT NULL,
    holder uuid NOT NULL,
    lease_until timestamp with time zone NOT NULL
);


--
-- Name: bootstrap_log; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bootstrap_log (
    id bigint NOT NULL,
    uid text NOT NULL,
    credential_hash text NOT NULL,
    seq bigint NOT NULL,
    stage text NOT NULL,
    level text NOT NULL,
    message text NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: bootstrap_log_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.bootstrap_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.bootstrap_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: cluster_tenants; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.cluster_tenants (
    namespace text DEFAULT ''::text NOT NULL,
    name text NOT NULL,
    uid text DEFAULT ''::text NOT NULL,
    resource_version text DEFAULT ''::text NOT NULL,
    resource_version_seq numeric DEFAULT 0 NOT NULL,
    generation bigint,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    display_name text DEFAULT ''::text NOT NULL,
    base_domain text,
    isolation_tier text DEFAULT 'shared'::text NOT NULL,
    compute jsonb DEFAULT '{"mode": "shared"}'::jsonb NOT NULL,
    resources jsonb,
    phase text DEFAULT 'pending'::text NOT NULL,
    message text,
    bound_namespace text,
    provisioner text,
    spec jsonb DEFAULT '{}'::jsonb NOT NULL,
    status jsonb,
    spec_hash text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    observed_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    cluster_uid text DEFAULT ''::text NOT NULL,
    CONSTRAINT cluster_tenants_namespace_check CHECK ((namespace = ''::text))
);


--
-- Name: datasets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.datasets (
    name text NOT NULL,
    customer_uid text NOT NULL
);


--
-- Name: departed_tenants; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.departed_tenants (
    uid text NOT NULL,
    noticed_at timestamp with time zone NOT NULL
);


--
-- Name: device_grants; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.device_grants (
    device_hash text NOT NULL,
    user_code text NOT NULL,
    address text,
    poll_interval integer NOT NULL,
    polled_at timestamp with time zone,
    decision text,
    owner text,
    email text,
    organization text,
    roles text[],
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT device_grants_check CHECK ((((decision = 'approved'::text) IS NOT TRUE) OR ((owner IS NOT NULL) AND (roles IS NOT NULL)))),
    CONSTRAINT device_grants_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'denied'::text]))),
    CONSTRAINT device_grants_device_hash_check CHECK ((device_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT device_grants_user_code_check CHECK ((user_code ~ '^[A-HJ-NP-Z2-9]{8}$'::text))
);


--
-- Name: drift_alert; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.drift_alert (
    id boolean DEFAULT true NOT NULL,
    firing boolean DEFAULT false NOT NULL,
    exceeded integer DEFAULT 0 NOT NULL,
    changed_at timestamp with time zone,
    evaluated_at timestamp with time zone,
    CONSTRAINT drift_alert_id_check CHECK (id)
);


--
-- Name: drift_evaluations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.drift_evaluations (
    kind text NOT NULL,
    source_count bigint NOT NULL,
    projection_count bigint NOT NULL,
    drift_count bigint NOT NULL,
    lag_seconds double precision,
    evaluated_at timestamp with time zone NOT NULL
);


--
-- Name: fleet_claims; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.fleet_claims (
    organization text NOT NULL,
    namespace text NOT NULL,
    name text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: grants; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.grants (
    id uuid NOT NULL,
    number bigint NOT NULL,
    payload_type text NOT NULL,
    payload_id text NOT NULL,
    scope text NOT NULL,
    subject_type text NOT NULL,
    subject_id text NOT NULL,
    access text NOT NULL,
    priority integer NOT NULL,
    note text,
    group_id uuid,
    mcp_server_id uuid GENERATED ALWAYS AS (
CASE
    WHEN (payload_type = 'mcp-server'::text) THEN (payload_id)::uuid
    ELSE NULL::uuid
END) STORED,
    subject_group_id uuid GENERATED ALWAYS AS (
CASE
    WHEN (subject_type = 'group'::text) THEN (subject_id)::uuid
    ELSE NULL::uuid
END) STORED,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    skill_bundle_id uuid GENERATED ALWAYS AS (
CASE
    WHEN (payload_type = 'skill-bundle'::text) THEN (payload_id)::uuid
    ELSE NULL::uuid
END) STORED,
    CONSTRAINT grants_access_check CHECK ((access = ANY (ARRAY['allow'::text, 'deny'::text]))),
    CONSTRAINT grants_check CHECK (((subject_type = 'everyone'::text) = (subject_id = '*'::text))),
    CONSTRAINT grants_check1 CHECK (((group_id IS NULL) OR (payload_type = 'awareness'::text))),
    CONSTRAINT grants_payload_type_check CHECK ((payload_type = ANY (ARRAY['awareness'::text, 'mcp-server'::text, 'skill-bundle'::text]))),
    CONSTRAINT grants_scope_check CHECK ((scope = ANY (ARRAY['org'::text, 'department'::text, 'project'::text, 'personal'::text]))),
    CONSTRAINT grants_subject_type_check CHECK ((subject_type = ANY (ARRAY['everyone'::text, 'department'::text, 'group'::text, 'tenant'::text, 'user'::text])))
);


--
-- Name: grants_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.grants ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.grants_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: group_members; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.group_members (
    group_id uuid NOT NULL,
    member text NOT NULL
);


--
-- Name: groups; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.groups (
    id uuid NOT NULL,
    number bigint NOT NULL,
    name text NOT NULL,
    scope text NOT NULL,
    description text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT groups_scope_check CHECK ((scope = ANY (ARRAY['org'::text, 'department'::text, 'project'::text, 'personal'::text])))
);


--
-- Name: groups_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.groups ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.groups_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: idempotency_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.idempotency_keys (
    principal text NOT NULL,
    operation_id text NOT NULL,
    key text NOT NULL,
    request_digest text NOT NULL,
    answer_status integer,
    answer_body jsonb,
    answer_tag text,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    answer_location text
);


--
-- Name: installation_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.installation_keys (
    name text NOT NULL,
    material bytea NOT NULL,
    is_sealed boolean NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: instance_applied_settings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.instance_applied_settings (
    instance_id uuid NOT NULL,
    machine text NOT NULL,
    digest text NOT NULL,
    applied_at timestamp with time zone NOT NULL,
    shape jsonb DEFAULT '{}'::jsonb NOT NULL
);


--
-- Name: instance_log_lines; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.instance_log_lines (
    uid text NOT NULL,
    seq bigint NOT NULL,
    source smallint NOT NULL,
    line_id bigint NOT NULL,
    CONSTRAINT instance_log_lines_source_check CHECK ((source = ANY (ARRAY[0, 1])))
);


--
-- Name: instance_usage_cursors; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.instance_usage_cursors (
    instance_id uuid NOT NULL,
    due_at timestamp with time zone NOT NULL,
    lease_holder text,
    lease_until timestamp with time zone,
    through date,
    collected_at timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL
);


--
-- Name: instance_usage_daily; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.instance_usage_daily (
    instance_id uuid NOT NULL,
    day date NOT NULL,
    machine text NOT NULL,
    requests bigint NOT NULL,
    tokens bigint NOT NULL,
    cost_usd numeric(24,10) NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT instance_usage_daily_cost_usd_check CHECK ((cost_usd >= (0)::numeric)),
    CONSTRAINT instance_usage_daily_requests_check CHECK ((requests >= 0)),
    CONSTRAINT instance_usage_daily_tokens_check CHECK ((tokens >= 0))
);


--
-- Name: instance_usage_people; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.instance_usage_people (
    instance_id uuid NOT NULL,
    day date NOT NULL,
    person text NOT NULL
);


--
-- Name: instances; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.instances (
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    organization text NOT NULL,
    customer_id text,
    customer_email text,
    agent_name text NOT NULL,
    user_display_name text,
    idempotency_key text NOT NULL,
    request_hash text NOT NULL,
    region_id text NOT NULL,
    tier_id text NOT NULL,
    tier_name text NOT NULL,
    preset_id text NOT NULL,
    manifest_id text,
    website_template_slug text,
    hostname text NOT NULL,
    namespace text NOT NULL,
    tenant_spec jsonb NOT NULL,
    tenant_uid text,
    agent_config jsonb DEFAULT '{}'::jsonb NOT NULL,
    consent_debug_access boolean DEFAULT false NOT NULL,
    actor text NOT NULL,
    request_id text NOT NULL,
    snapshot jsonb DEFAULT '{}'::jsonb NOT NULL,
    failure_code text,
    failure_message text,
    failure_run integer,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    delete_requested_at timestamp with time zone,
    deleted_at timestamp with time zone,
    due_at timestamp with time zone,
    lease_until timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text,
    chat_holder text,
    chat_until timestamp with time zone,
    lease_holder text,
    last_error_code text
);


--
-- Name: login_attempts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.login_attempts (
    state_hash text NOT NULL,
    browser_hash text NOT NULL,
    nonce text NOT NULL,
    verifier text NOT NULL,
    return_path text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT login_attempts_browser_hash_check CHECK ((browser_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT login_attempts_state_hash_check CHECK ((state_hash ~ '^[0-9a-f]{64}$'::text))
);


--
-- Name: mcp_server_credentials; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.mcp_server_credentials (
    id uuid NOT NULL,
    number bigint NOT NULL,
    mcp_server_id uuid NOT NULL,
    display_name text NOT NULL,
    brokering_mode text NOT NULL,
    secret_ref text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT mcp_server_credentials_brokering_mode_check CHECK ((brokering_mode = ANY (ARRAY['static'::text, 'obo'::text]))),
    CONSTRAINT mcp_server_credentials_check CHECK (((brokering_mode = 'static'::text) = (secret_ref IS NOT NULL)))
);


--
-- Name: mcp_server_credentials_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.mcp_server_credentials ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.mcp_server_credentials_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: mcp_servers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.mcp_servers (
    id uuid NOT NULL,
    number bigint NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    endpoint text NOT NULL,
    scope text NOT NULL,
    transport text NOT NULL,
    status text NOT NULL,
    capabilities text[] NOT NULL,
    source_id uuid,
    last_synced_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT mcp_servers_scope_check CHECK ((scope = ANY (ARRAY['org'::text, 'department'::text, 'project'::text, 'personal'::text]))),
    CONSTRAINT mcp_servers_status_check CHECK ((status = ANY (ARRAY['active'::text, 'degraded'::text, 'draft'::text]))),
    CONSTRAINT mcp_servers_transport_check CHECK ((transport = ANY (ARRAY['streamable-http'::text, 'sse'::text, 'websocket'::text])))
);


--
-- Name: mcp_servers_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.mcp_servers ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.mcp_servers_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: model_key_revocations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.model_key_revocations (
    audit_id bigint NOT NULL,
    tenant text NOT NULL,
    key_hash text,
    asked_at timestamp with time zone NOT NULL
);


--
-- Name: model_key_state; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.model_key_state (
    tenant text NOT NULL,
    settled text,
    carried_usd numeric(18,6) DEFAULT 0 NOT NULL,
    carried_at timestamp with time zone,
    checked_at timestamp with time zone NOT NULL
);


--
-- Name: model_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.model_keys (
    id bigint NOT NULL,
    tenant text NOT NULL,
    alias text NOT NULL,
    key_hash text NOT NULL,
    secret_name text NOT NULL,
    budget_usd numeric(18,6),
    issued_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    tenant_uid text
);


--
-- Name: model_keys_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.model_keys ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.model_keys_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: model_proxy_leases; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.model_proxy_leases (
    name text NOT NULL,
    holder uuid NOT NULL,
    lease_until timestamp with time zone NOT NULL
);


--
-- Name: outbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.outbox (
    id bigint NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    payload jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    lease_until timestamp with time zone,
    holder uuid,
    last_error text,
    died_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: participation; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.participation (
    tenant_uid text NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    running_version text,
    updated_at timestamp with time zone NOT NULL
);


--
-- Name: participation_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.participation_events (
    tenant_uid text NOT NULL,
    event_id text NOT NULL,
    content_digest text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    contract_version text,
    policy_violations integer NOT NULL,
    CONSTRAINT participation_events_policy_violations_check CHECK ((policy_violations >= 0))
);


--
-- Name: person_logins; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.person_logins (
    person text NOT NULL,
    logged_in_at timestamp with time zone NOT NULL
);


--
-- Name: provider_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.provider_keys (
    provider text NOT NULL,
    sealed_key bytea NOT NULL,
    revision bigint NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    told_revision bigint,
    told_at timestamp with time zone
);


--
-- Name: provisioning_log; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.provisioning_log (
    id bigint NOT NULL,
    uid text NOT NULL,
    namespace text NOT NULL,
    name text NOT NULL,
    run integer NOT NULL,
    attempt integer NOT NULL,
    step text NOT NULL,
    status text NOT NULL,
    message text NOT NULL,
    duration_ms bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT provisioning_log_duration_ms_check CHECK ((duration_ms >= 0)),
    CONSTRAINT provisioning_log_status_check CHECK ((status = ANY (ARRAY['complete'::text, 'failed'::text])))
);


--
-- Name: provisioning_log_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.provisioning_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.provisioning_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: retrieval_services; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.retrieval_services (
    is_only boolean DEFAULT true NOT NULL,
    CONSTRAINT retrieval_services_is_only_check CHECK (is_only)
);


--
-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_migrations (
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    works_from integer
);


--
-- Name: server_snapshots; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.server_snapshots (
    id bigint NOT NULL,
    sampled_at timestamp with time zone NOT NULL,
    snapshot jsonb NOT NULL
);


--
-- Name: server_snapshots_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.server_snapshots ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.server_snapshots_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: session_scopes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.session_scopes (
    session_key text NOT NULL,
    principal text NOT NULL,
    scopes jsonb NOT NULL,
    bound_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    tenant_uid text
);


--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    id_hash text NOT NULL,
    number bigint NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    email text NOT NULL,
    name text,
    groups text[] NOT NULL,
    roles text[] NOT NULL,
    organization text,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT sessions_id_hash_check CHECK ((id_hash ~ '^[0-9a-f]{64}$'::text))
);


--
-- Name: sessions_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.sessions ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sessions_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: skill_bundles; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.skill_bundles (
    id uuid NOT NULL,
    number bigint NOT NULL,
    name text NOT NULL,
    version text NOT NULL,
    description text NOT NULL,
    digest text,
    scope text NOT NULL,
    status text NOT NULL,
    tags text[] NOT NULL,
    source_id uuid,
    published_at timestamp with time zone,
    scan_digest text,
    scan_rules text,
    scan_passed boolean,
    scan_findings jsonb,
    scanned_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT skill_bundles_check CHECK (((status = 'published'::text) = (published_at IS NOT NULL))),
    CONSTRAINT skill_bundles_check1 CHECK (((status <> 'published'::text) OR COALESCE(((scan_digest = digest) AND scan_passed), false))),
    CONSTRAINT skill_bundles_digest_check CHECK ((digest ~ '^sha256:[0-9a-f]{64}$'::text)),
    CONSTRAINT skill_bundles_scope_check CHECK ((scope = ANY (ARRAY['org'::text, 'department'::text, 'project'::text, 'personal'::text]))),
    CONSTRAINT skill_bundles_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'review'::text, 'published'::text, 'deprecated'::text])))
);


--
-- Name: skill_bundles_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.skill_bundles ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.skill_bundles_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: skill_contents; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.skill_contents (
    digest text NOT NULL,
    content bytea NOT NULL,
    size integer NOT NULL,
    used_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT skill_contents_digest_check CHECK ((digest ~ '^sha256:[0-9a-f]{64}$'::text))
);


--
-- Name: skill_promotions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.skill_promotions (
    id uuid NOT NULL,
    number bigint NOT NULL,
    skill_bundle_id uuid NOT NULL,
    from_scope text NOT NULL,
    to_scope text NOT NULL,
    promoted_by text NOT NULL,
    status text NOT NULL,
    notes text,
    decided_by text,
    decided_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT skill_promotions_check CHECK (((status = 'proposed'::text) = (decided_at IS NULL))),
    CONSTRAINT skill_promotions_from_scope_check CHECK ((from_scope = ANY (ARRAY['org'::text, 'department'::text, 'project'::text, 'personal'::text]))),
    CONSTRAINT skill_promotions_status_check CHECK ((status = ANY (ARRAY['proposed'::text, 'approved'::text, 'rejected'::text]))),
    CONSTRAINT skill_promotions_to_scope_check CHECK ((to_scope = ANY (ARRAY['org'::text, 'department'::text, 'project'::text, 'personal'::text])))
);


--
-- Name: skill_promotions_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.skill_promotions ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.skill_promotions_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: skill_pushes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.skill_pushes (
    digest text NOT NULL,
    state text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    error_code text,
    error_message text,
    repository text,
    next_attempt_at timestamp with time zone NOT NULL,
    lease_id uuid,
    lease_until timestamp with time zone,
    pushed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT skill_pushes_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'pushed'::text, 'failed'::text])))
);


--
-- Name: tenant_datasets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tenant_datasets (
    tenant_uid text NOT NULL,
    level text NOT NULL,
    dataset text NOT NULL,
    CONSTRAINT tenant_datasets_level_check CHECK ((level = ANY (ARRAY['org'::text, 'team'::text, 'project'::text, 'personal'::text])))
);


--
-- Name: tenant_identities; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tenant_identities (
    tenant_uid text NOT NULL,
    email text NOT NULL,
    owner text NOT NULL,
    bound_at timestamp with time zone NOT NULL
);


--
-- Name: tenant_waves; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tenant_waves (
    tenant_uid text NOT NULL,
    wave text NOT NULL,
    updated_at timestamp with time zone NOT NULL
);


--
-- Name: tenants; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tenants (
    namespace text NOT NULL,
    name text NOT NULL,
    uid text DEFAULT ''::text NOT NULL,
    resource_version text DEFAULT ''::text NOT NULL,
    resource_version_seq numeric DEFAULT 0 NOT NULL,
    generation bigint,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    display_name text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    team text,
    cluster_tenant_ref text,
    policy_ref text,
    is_suspended boolean DEFAULT false NOT NULL,
    phase text DEFAULT 'Pending'::text NOT NULL,
    ingress_host text,
    message text,
    spec jsonb DEFAULT '{}'::jsonb NOT NULL,
    status jsonb,
    spec_hash text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    observed_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    cluster_uid text DEFAULT ''::text NOT NULL
);


--
-- Name: third_party_source_items; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.third_party_source_items (
    id uuid NOT NULL,
    number bigint NOT NULL,
    source_id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    upstream_id text NOT NULL,
    version text,
    digest text,
    metadata jsonb,
    bundle_id uuid,
    server_id uuid,
    problem text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT third_party_source_items_kind_check CHECK ((kind = ANY (ARRAY['mcp-server'::text, 'skill-bundle'::text])))
);


--
-- Name: third_party_source_items_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.third_party_source_items ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.third_party_source_items_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: third_party_sources; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.third_party_sources (
    id uuid NOT NULL,
    number bigint NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    url text,
    path text,
    ref text,
    sync_mode text NOT NULL,
    interval_seconds integer NOT NULL,
    notes text,
    approved_by text,
    approved_at timestamp with time zone,
    is_requested boolean DEFAULT false NOT NULL,
    next_run_at timestamp with time zone,
    last_synced_at timestamp with time zone,
    last_attempt_at timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    error_code text,
    error_message text,
    lease_id uuid,
    lease_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT third_party_sources_check CHECK (((type = 'manual-upload'::text) = (url IS NULL))),
    CONSTRAINT third_party_sources_check1 CHECK (((approved_by IS NULL) = (approved_at IS NULL))),
    CONSTRAINT third_party_sources_check2 CHECK (((lease_id IS NULL) = (lease_until IS NULL))),
    CONSTRAINT third_party_sources_sync_mode_check CHECK ((sync_mode = ANY (ARRAY['scheduled'::text, 'manual'::text]))),
    CONSTRAINT third_party_sources_type_check CHECK ((type = ANY (ARRAY['mcp-registry'::text, 'anthropic-skills'::text, 'git-repository'::text, 'manual-upload'::text])))
);


--
-- Name: third_party_sources_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.third_party_sources ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.third_party_sources_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: token_usage; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.token_usage (
    tenant text NOT NULL,
    model text NOT NULL,
    day date NOT NULL,
    input_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    cost_usd numeric(18,6) NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    tenant_uid text DEFAULT ''::text NOT NULL
);


--
-- Name: write_intents; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.write_intents (
    id uuid NOT NULL,
    kind text NOT NULL,
    namespace text DEFAULT ''::text NOT NULL,
    name text NOT NULL,
    action text NOT NULL,
    payload jsonb NOT NULL,
    object_uid text,
    object_version text,
    actor text NOT NULL,
    request_id text NOT NULL,
    operation_id text NOT NULL,
    idempotency_key text,
    request_digest text,
    state text DEFAULT 'open'::text NOT NULL,
    attempts integer DEFAULT 1 NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    last_error text,
    answer_status integer,
    answer_body jsonb,
    audit_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    sequence bigint NOT NULL,
    object_generation bigint,
    answer_tag text,
    answer_location text,
    CONSTRAINT write_intents_kind_check CHECK ((kind = ANY (ARRAY['Tenant'::text, 'AccessPolicy'::text, 'ClusterTenant'::text]))),
    CONSTRAINT write_intents_state_check CHECK ((state = ANY (ARRAY['open'::text, 'applied'::text, 'failed'::text])))
);


--
-- Name: write_intents_sequence_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.write_intents ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.write_intents_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Data for Name: access_policies; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.access_policies VALUES
	('crane', 'base', '878aef14-cc2d-42ae-b5f3-d2510ef14693', '35', 35, 1, '{}', 'What all may.', NULL, '{"allow": ["*.example.org"], "defaultDeny": true}', NULL, NULL, NULL, '{"domains": {"allow": ["*.example.org"], "defaultDeny": true}, "description": "What all may."}', NULL, '5becab558185979c290d339c2dac192b', '2026-11-21 23:08:19+00', '2026-11-21 23:08:19.421542+00', NULL, ''),
	('crane', 'edge-policy', '0d0d0d0d-0000-4000-8000-000000000001', '77', 77, 3, '{}', 'Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. Zeile mit Ümläuten. ', '{"matchTeam": "ops", "matchLabels": {"k": "v"}}', '{"deny": [], "allow": ["*.example.org"], "defaultDeny": true}', '[{"cidr": "10.0.0.0/8", "ports": [443], "protocol": "TCP"}, {"cidr": "2001:db8::/32"}]', '{"deny": ["x"], "allow": []}', 'fine', '{"description": "edge"}', '{"matchedTenants": 0}', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', NULL, 'cluster-1'),
	('crane', 'bare-policy', '', '', 0, NULL, '{}', NULL, NULL, NULL, NULL, NULL, NULL, '{}', NULL, '', '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', NULL, '');


--
-- Data for Name: access_tokens; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.access_tokens OVERRIDING SYSTEM VALUE VALUES
	('89da5be6-7573-49b9-ab95-3463fd47a06a', 1, '7ce51c312066ef59c9193c20e5212c2d9c5a0d8aea11b7deedacc54b2cbb668d', NULL, 'ci', 'static-token', 'static-token', false, '{platform-admin}', '{read,write}', NULL, NULL, '2026-11-21 23:08:19.581716+00', '2999-01-01 00:00:00+00', NULL, 'static-token'),
	('22222222-0000-4000-8000-000000000001', 2, '9999999999999999999999999999999999999999999999999999999999999999', '89da5be6-7573-49b9-ab95-3463fd47a06a', 'child ✓', 'static-token', 'static-token', true, '{}', '{read}', NULL, NULL, '2026-11-20 08:00:00+00', '2999-01-01 00:00:00+00', NULL, 'static-token');


--
-- Data for Name: agents; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.agents VALUES
	('a0000000-0000-4000-8000-000000000001', '12a1b1a7-5b82-493d-4bcf-01a1d9d1e1b9', 'edge-fleet', 'crane', 'edge-fleet', 'Ωmega', 'active', 'main', 'g-1', '/home/agent/work', true, true, false, false, '{"every": "10m"}', '{"at": 1}', 3, '{"name": "Ω", "emoji": "🦆"}', '# Identity', '# Soul', '1111111111111111111111111111111111111111111111111111111111111111', '2222222222222222222222222222222222222222222222222222222222222222', 4, 9, NULL, '{"a": []}', 0, '2999-01-01 00:00:00+00', NULL, NULL, NULL, 0, '2999-01-01 00:00:00+00', '2026-11-20 08:00:00+00', 'active', '2026-11-01 09:00:00+00', NULL, NULL, '2026-11-01 08:30:00+00', '2026-11-20 08:00:00+00'),
	('a0000000-0000-4000-8000-000000000002', 'b0000000-0000-4000-8000-000000000002', 'gone', 'crane', 'gone', 'old', 'deleted', 'old', NULL, NULL, false, false, false, true, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, 0, 1, 'delete', '{}', 5, NULL, 'went away', 'c0000000-0000-4000-8000-000000000001', '2026-11-10 00:00:00+00', 2, NULL, NULL, NULL, NULL, '2026-11-10 00:00:00+00', '2026-11-10 00:00:01+00', '2026-11-01 08:30:00+00', '2026-11-10 00:00:01+00');


--
-- Data for Name: ai_budgets; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.ai_budgets VALUES
	('global', '', 1234.560000, 1, '2026-11-21 23:08:19.544699+00'),
	('account', 'leo@corp.example', 0.000000, 1, '2026-11-21 23:08:19.551062+00'),
	('account', 'none@corp.example', NULL, 9223372036854775807, '2026-11-20 08:00:00+00');


--
-- Data for Name: ai_spend; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.ai_spend VALUES
	('global', '', 0.000000, '2026-11-20 08:00:00+00', 'ok', NULL),
	('account', 'ünïcode@corp.example', 12.500000, '2026-11-20 08:00:00+00', 'warning', '2026-11-20 08:00:00+00'),
	('tenant', 'edge-fleet', 999999999999.999999, '2026-11-20 08:00:00+00', 'exceeded', '2026-11-20 08:00:00+00');


--
-- Data for Name: api_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.api_keys OVERRIDING SYSTEM VALUE VALUES
	('861dec5e-5828-4f5b-b0e2-8a93c7fd4c62', 1, 'org_edge', NULL, 'ci', 'admin', '{api-keys:read,instances:read}', 'add9b7835e443bb0c5867fb455ca956f0e542ca22ee088663be2f18f521ee40e', NULL, NULL, 'static-token', '2026-11-21 23:08:19.588908+00', NULL, NULL, NULL, NULL, NULL),
	('d5e8def5-f29c-44e7-95f2-69ef176bb654', 2, 'org_edge', NULL, 'ci', 'admin', '{api-keys:read,instances:read}', 'dac34184f96c28c6b4fd07247fefac885c391a078b07a12c606794020ef1fabe', NULL, NULL, 'static-token', '2026-11-21 23:08:19.592718+00', NULL, '2026-11-21 23:08:19.595533+00', NULL, NULL, NULL);


--
-- Data for Name: audit_anchors; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_anchors VALUES
	(3, '\xb6fb877f49e51afd24e43be0c84adfd7cdc6bdf8eff7504525940d15a9015e0a', 3, '2021-09-14 12:26:40+00', 'one', '\xd1a48f312b220f98d725372ba031769e89c29b2e481a7d03925270ace9c92faa');


--
-- Data for Name: audit_chain; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_chain VALUES
	(4, 4, 'ended', '\xb6fb877f49e51afd24e43be0c84adfd7cdc6bdf8eff7504525940d15a9015e0a', '\xbb7f250442074c8243941fdf44ed0858cf8fed93ff01980396f871e33d7fe0a2', 'one', '\xaf15afb76908a7170af9a945755505273bcb4df7ba2cb053a3eda967d50f5fef', '2020-09-13 12:26:40+00'),
	(5, 5, 'begun', '\xbb7f250442074c8243941fdf44ed0858cf8fed93ff01980396f871e33d7fe0a2', '\x7f6c6a2ce7d4e7d1ea1df7c4ce0ed9db2920e5509c61e424e78853fb20c0cdaa', 'one', '\xe8cd742746da64c80cebb0dcfe25b145873c07d65ab502deeb608e29117189fc', '2026-11-21 23:08:19.413174+00'),
	(6, 5, 'ended', '\x7f6c6a2ce7d4e7d1ea1df7c4ce0ed9db2920e5509c61e424e78853fb20c0cdaa', '\xac91a1471a745a436f15235789d05a96e142a42f7e6555da814b1d06e5eb5780', 'one', '\x7a5f4637495874c1ed0e983982aac6a47d2c68dde329c032cd015c007dd2e053', '2026-11-21 23:08:19.413174+00'),
	(7, 6, 'begun', '\xac91a1471a745a436f15235789d05a96e142a42f7e6555da814b1d06e5eb5780', '\xeaa77916f4a9102fb829e2817c615d914bb3026b3e166dc661b1e86450215a8f', 'one', '\x106269a197ddefebc69040db660f8263655895b4c181b3294476bb64ed26e5e9', '2026-11-21 23:08:19.413174+00'),
	(8, 6, 'ended', '\xeaa77916f4a9102fb829e2817c615d914bb3026b3e166dc661b1e86450215a8f', '\x6ec3f3c169802f3550e545a7859881734e37614621aa8c7ec028d1d8be77e696', 'one', '\xb3d3cfbe51e448c73192afcc652ea9835c96270fb5ab333a0934bdeeb0d4e64e', '2026-11-21 23:08:20.423832+00'),
	(9, 7, 'begun', '\x6ec3f3c169802f3550e545a7859881734e37614621aa8c7ec028d1d8be77e696', '\x16c004370e61662e53f654e9368214723bde0e54135bc8892d8fb36edd9f0ef5', 'one', '\xe53a3dad6134fbcab66dd29962092e5b574c8b7cd4596061785af80f55fccbd3', '2026-11-21 23:08:20.423832+00'),
	(10, 7, 'ended', '\x16c004370e61662e53f654e9368214723bde0e54135bc8892d8fb36edd9f0ef5', '\xd364ee085ea040b5b225d18176e55479c01e7231f6dbf6ac73aef4490d43cbb0', 'one', '\xf9afa061fa66b0c11b0b28225c6d70678ccbf86e895305a95b6979eb78164e91', '2026-11-21 23:08:20.423832+00'),
	(11, 8, 'begun', '\xd364ee085ea040b5b225d18176e55479c01e7231f6dbf6ac73aef4490d43cbb0', '\x96720cc0d80353c686fee2f43a0f1ac4290a50b0457688e2671bc912dc740b2d', 'one', '\x3a20a51cb0cb54dced453d05bb6c09739d2b2868d1b46032a35f5abed153b3ca', '2026-11-21 23:08:20.423832+00'),
	(12, 8, 'ended', '\x96720cc0d80353c686fee2f43a0f1ac4290a50b0457688e2671bc912dc740b2d', '\xeff89daf9bfa733abec781c90cd75589bf68511805511758203e1d418f56b3e5', 'one', '\xf6f79d9c51305a6d801c41f259a89a3c9e9d9a59f91aa5e4464b3abfef3ce8a8', '2026-11-21 23:08:20.423832+00'),
	(13, 9, 'begun', '\xeff89daf9bfa733abec781c90cd75589bf68511805511758203e1d418f56b3e5', '\x1c8dd8fe44601649aa79e6d2b1b16e9e85d4a46f5270a2502697f6f12fb7eae4', 'one', '\x7b558d1fb2bd7d347e625bf111f1a03038d69e7cd6950bc5e9b308287bde285b', '2026-11-21 23:08:20.423832+00'),
	(14, 9, 'ended', '\x1c8dd8fe44601649aa79e6d2b1b16e9e85d4a46f5270a2502697f6f12fb7eae4', '\x7d4f20ba01af9de50ddf6266692b5eaa39a01564bdaffddfeef8583021107101', 'one', '\x13ca30eeb0034c54a563adcbe4ff93bfc84ea207e2251efcc61a14e78e8a4b85', '2026-11-21 23:08:20.423832+00'),
	(15, 10, 'ended', '\x7d4f20ba01af9de50ddf6266692b5eaa39a01564bdaffddfeef8583021107101', '\x70d078cb8313b823a8a4013e76691c045895d71ae44712b82841ebb8997f1757', 'one', '\xaa3016c3c5eaf504673aedb5e8bd2d6694c48d127824401017d6f1cc6c7def5a', '2026-11-21 23:08:20.423832+00'),
	(16, 11, 'ended', '\x70d078cb8313b823a8a4013e76691c045895d71ae44712b82841ebb8997f1757', '\xba219523f61bd581bb195290d96a6590c0f5f944f9e761d9eaa2f6cbe65a13f2', 'one', '\xc961e2e3e5dc88b39b2231b3bb5bc5fb43d904de80bee46543cfecd5dda2304f', '2026-11-21 23:08:20.423832+00'),
	(17, 12, 'ended', '\xba219523f61bd581bb195290d96a6590c0f5f944f9e761d9eaa2f6cbe65a13f2', '\x45a2b844a72975955c2eabd9ac9f41756d74229d4b3c34c7bba856a8d865dae1', 'one', '\x47d3e6f8e67d9bea102249747264fae68cdab328e3b4bc505b3afb9179f0c252', '2026-11-21 23:08:20.423832+00'),
	(18, 13, 'ended', '\x45a2b844a72975955c2eabd9ac9f41756d74229d4b3c34c7bba856a8d865dae1', '\xf48dd1934a5f82de045de20c675aa33c029c416578e8a92037030e4e2d4f83ef', 'one', '\x83ddf19bb80bb77af9e4820cc7394e992af8ad5506e3536ab3bf6cab89a05467', '2026-11-21 23:08:20.423832+00'),
	(19, 14, 'ended', '\xf48dd1934a5f82de045de20c675aa33c029c416578e8a92037030e4e2d4f83ef', '\x2f185c4657bc4e95fbdf4276758efd244fedc8e0a1647016e0920de25210d704', 'one', '\xf1d24e5c7cae0c37402d6533afee0e8df357189a3c6e1794ff6732009da05d2f', '2026-11-21 23:08:20.423832+00'),
	(20, 15, 'ended', '\x2f185c4657bc4e95fbdf4276758efd244fedc8e0a1647016e0920de25210d704', '\x1b485f8d31d19685304739fdf544b1ea48c8d9f2ab8a41ac3e6ebd50673bd2a8', 'one', '\x2386cb91dd2f0a0939a33b762ca4c2d6615cb11c14a9b684e3fa988c1c675af6', '2026-11-21 23:08:20.423832+00'),
	(21, 16, 'ended', '\x1b485f8d31d19685304739fdf544b1ea48c8d9f2ab8a41ac3e6ebd50673bd2a8', '\xcba8486fe24b383e06b0bd0b76cf044d7077f4411618deb8cc2468a3a282a1d0', 'one', '\x80da45a7a47e42596e39d0188a6de689cdac6d5e66985d92f5c3dc551620d3bc', '2026-11-21 23:08:20.423832+00'),
	(22, 17, 'ended', '\xcba8486fe24b383e06b0bd0b76cf044d7077f4411618deb8cc2468a3a282a1d0', '\x1fa6c7faf47a0ff496df17faffa04b6b2c8d22bb180238d4942e1afa9dbc90d4', 'one', '\x8d2166665a12970b4c38d52ba4b2880a3e419d2638801df9a892fe402fa217e1', '2026-11-21 23:08:20.423832+00'),
	(23, 18, 'ended', '\x1fa6c7faf47a0ff496df17faffa04b6b2c8d22bb180238d4942e1afa9dbc90d4', '\xcd7d5a8e77b86d3c00ede0f7e96af9c1739e1bf711eef0b4109d400a621bf1a9', 'one', '\x27d848e40a9c159a18251ae192da953e7f264493189f2aa605a31152b722aa23', '2026-11-21 23:08:20.423832+00'),
	(24, 19, 'ended', '\xcd7d5a8e77b86d3c00ede0f7e96af9c1739e1bf711eef0b4109d400a621bf1a9', '\xb90de7cb920010edf464e8531b9c3243c9d981fd32d12b262d47fb3a514325e7', 'one', '\x2f0cb646e97182d052b53033e598650912379d9ef96ec90ebbcb1944ca0431f8', '2026-11-21 23:08:20.423832+00'),
	(25, 20, 'ended', '\xb90de7cb920010edf464e8531b9c3243c9d981fd32d12b262d47fb3a514325e7', '\x9b55d183351729d52a46e06262566eec4969e0eea9a1c18253fe967475dc733c', 'one', '\x8dfa35fd10293d3e87ce7bda4cbf138d758cf795353d69644f2f694233ea8f2e', '2026-11-21 23:08:20.423832+00'),
	(26, 21, 'ended', '\x9b55d183351729d52a46e06262566eec4969e0eea9a1c18253fe967475dc733c', '\xbcfcf6fe7e85a2939686937d10a3ccd4589e9c81c6b7ea2dad04c2b7df7758da', 'one', '\xe6eeb90a01579b806cc680ef31de34125087981617db02a5ace8493fe2cd0928', '2026-11-21 23:08:20.423832+00'),
	(27, 22, 'ended', '\xbcfcf6fe7e85a2939686937d10a3ccd4589e9c81c6b7ea2dad04c2b7df7758da', '\x1d0fadb40159d00955d204d5dd920809e1ff86771a1f221334383874e19c72fc', 'one', '\xe53145f4d553f5000e8d6e74298f35995238516d34fa06e751656be95b994c42', '2026-11-21 23:08:20.423832+00'),
	(28, 23, 'ended', '\x1d0fadb40159d00955d204d5dd920809e1ff86771a1f221334383874e19c72fc', '\x2abe79685df1de8ac9af8771dd3a8cef4eb4e3d5bddb3c587714218b0b8db6ad', 'one', '\xd0feb77385c2ae5dc5ca1bb999e138b6bda0fdc248c11d6f05070dc9e91478e8', '2026-11-21 23:08:20.423832+00'),
	(29, 24, 'ended', '\x2abe79685df1de8ac9af8771dd3a8cef4eb4e3d5bddb3c587714218b0b8db6ad', '\x9664e43f3c6a3fbda9608acd5987a9cfb2bd900e1c2416bf396b03d1cc3bccfb', 'one', '\x53200e754b7e4f266ff3eaf5b4e28f0e96b4691c9c9b9e6a5eb88e6d930df640', '2026-11-21 23:08:20.423832+00'),
	(30, 25, 'ended', '\x9664e43f3c6a3fbda9608acd5987a9cfb2bd900e1c2416bf396b03d1cc3bccfb', '\x92bc22807ee23be9b6a88582464eb8ae8dbf99833c99fb48326b34d41cc98d34', 'one', '\x142ca174b98239e335bb28b726e12acb6829333391b472007da28c1753fc5a82', '2026-11-21 23:08:20.423832+00'),
	(31, 26, 'ended', '\x92bc22807ee23be9b6a88582464eb8ae8dbf99833c99fb48326b34d41cc98d34', '\x90ebe1b228d8070686bcad44e61fd9a81c57816eb19a1f5684bddd0ede05c8d9', 'one', '\x65062bd1dd39c3cd9691fcbc708896e7383b6e540f18704eb99aa996bb0c4682', '2026-11-21 23:08:20.423832+00'),
	(32, 27, 'ended', '\x90ebe1b228d8070686bcad44e61fd9a81c57816eb19a1f5684bddd0ede05c8d9', '\x54b52d4b756224411d89c8277e45cfd734d498f2a3d12453b4f1c3fb4c41c8dd', 'one', '\xa77e4dd9939fa7832163eb8928949ea9d165ba30b954bb1f915dd81cc9f779d9', '2026-11-21 23:08:20.423832+00'),
	(33, 28, 'begun', '\x54b52d4b756224411d89c8277e45cfd734d498f2a3d12453b4f1c3fb4c41c8dd', '\x1160ee50314e138cdc4b103869507f44c6aad61fab196fa730e29676aaca4309', 'one', '\x913c80dd173232d939438ec561827a84d2ddb0c9ea386c33459da58e792e3da3', '2026-11-21 23:08:20.423832+00'),
	(34, 29, 'begun', '\x1160ee50314e138cdc4b103869507f44c6aad61fab196fa730e29676aaca4309', '\xa8323154ba045346953c1e064df4425e026932c736e2c725ef8dd85ff66da550', 'one', '\x372ea675339dd861faeb949797d1306cfee8b524bc952257dcd644de26214c0d', '2026-11-21 23:08:20.423832+00'),
	(35, 29, 'ended', '\xa8323154ba045346953c1e064df4425e026932c736e2c725ef8dd85ff66da550', '\x64c433b20fb2486c5798ac94bc70b7e9e56df6fcca9c5c035e2f02c4d294f676', 'one', '\x8a902a7c6005d173d2205df4d11f3cc2bdd5ec08eb7cb500551bdbc47d8da95b', '2026-11-21 23:08:20.423832+00'),
	(36, 30, 'begun', '\x64c433b20fb2486c5798ac94bc70b7e9e56df6fcca9c5c035e2f02c4d294f676', '\x769893c874dcc241045751d461775a63f3a4fb6cf921f766d89a115060460b9e', 'one', '\x02369d64846d2a4cc6ca81b0d8387ee6fc3a29ead1b7c1c0c3a2663318bce422', '2026-11-21 23:08:20.423832+00'),
	(37, 31, 'ended', '\x769893c874dcc241045751d461775a63f3a4fb6cf921f766d89a115060460b9e', '\xe5b312ccab6f28ed45d4b821fff1f8c2d806fbf8bc12d11d990b2e44d99b80e1', 'one', '\x8c5873422ca188791ca38e63ed797ee34e5c736a206d84985ef93489fe5c136a', '2026-11-21 23:08:20.423832+00'),
	(38, 32, 'ended', '\xe5b312ccab6f28ed45d4b821fff1f8c2d806fbf8bc12d11d990b2e44d99b80e1', '\xe8ae0cbd3ec526b99af510279426bcb531e037ecb6aa7442668b14b5104b50b1', 'one', '\xd68bbe3ae4454d71548abb9ca728e40c12cc7a9124915834921957fe0e11556d', '2026-11-21 23:08:20.423832+00');


--
-- Data for Name: audit_entries; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_entries OVERRIDING SYSTEM VALUE VALUES
	(4, '2020-09-13 12:26:40+00', 'ann', 'r-t4', 'Updated', 'Tenant/t4', 't4', 't4 was updated.', 'succeeded', '{"name": "t4", "number": 1.5}', '{"number": 2}'),
	(5, '2026-11-21 23:08:19.327807+00', 'static-token', '3502b1ece4aff330fb1ab550639cfaa1', 'Created', 'ClusterTenant/corp', NULL, 'The cluster tenant corp was created.', 'succeeded', NULL, '{"compute": {"mode": "shared"}, "displayName": "Corp — Gesellschaft m. b. H.", "isolationTier": "shared"}'),
	(6, '2026-11-21 23:08:19.406561+00', 'static-token', 'b09c2a4cd413f186eeb392ef65bcadea', 'Created', 'AccessPolicy/base', NULL, 'The access policy base was created.', 'succeeded', NULL, '{"domains": {"allow": ["*.example.org"], "defaultDeny": true}, "description": "What all may."}'),
	(7, '2026-11-21 23:08:19.428193+00', 'static-token', 'ab03ecc1ffddd6dc000892e26489c875', 'Created', 'Tenant/mia', 'mia', 'The tenant mia was created.', 'succeeded', NULL, '{"team": "ops", "email": "mia@corp.example", "runtime": {"type": "Pod"}, "suspended": false, "displayName": "Mia"}'),
	(8, '2026-11-21 23:08:19.44226+00', 'static-token', '4568e0fca0b66cdef444c2f220e0b9f6', 'Created', 'Tenant/leo', 'leo', 'The tenant leo was created.', 'succeeded', NULL, '{"email": "Leo@corp.example", "runtime": {"type": "Pod"}, "policyRef": "base", "suspended": false, "displayName": "Leo 🦁 \"der Löwe\"", "clusterTenantRef": "corp"}'),
	(9, '2026-11-21 23:08:19.464953+00', 'static-token', '0800429fe8f4a1f875c3a03025eec605', 'Suspended', 'Tenant/leo', 'leo', 'The tenant leo was suspended.', 'succeeded', '{"email": "Leo@corp.example", "runtime": {"type": "Pod"}, "policyRef": "base", "suspended": false, "displayName": "Leo 🦁 \"der Löwe\"", "clusterTenantRef": "corp"}', '{"email": "Leo@corp.example", "runtime": {"type": "Pod"}, "policyRef": "base", "suspended": true, "displayName": "Leo 🦁 \"der Löwe\"", "clusterTenantRef": "corp"}'),
	(10, '2026-11-21 23:08:19.472123+00', 'static-token', '9732fcc5c512b9bfd3239160e1e1cadc', 'Created', 'Group/df9660b0-fc25-4c34-a48e-7095ebe9b7ff', NULL, 'static-token created the group Forschung & Entwicklung — 研究 with 2 members.', 'succeeded', NULL, '{"id": "df9660b0-fc25-4c34-a48e-7095ebe9b7ff", "name": "Forschung & Entwicklung — 研究", "scope": "department", "members": ["tenant:mia", "user:leo@corp.example"], "createdAt": "2026-11-21T23:08:19.472Z", "updatedAt": "2026-11-21T23:08:19.472Z", "description": "Wer forscht.", "memberCount": 2, "awarenessGrants": [{"id": "424433eb-c491-4933-9df9-f622b3785691", "scope": "department", "access": "allow", "priority": 0, "payloadId": "handbook", "subjectId": "df9660b0-fc25-4c34-a48e-7095ebe9b7ff", "subjectName": "Forschung & Entwicklung — 研究", "subjectType": "group"}, {"id": "7f449c8b-c750-42b7-aee9-4c9a0463ca24", "scope": "department", "access": "deny", "priority": -1000000, "payloadId": "secret", "subjectId": "df9660b0-fc25-4c34-a48e-7095ebe9b7ff", "subjectName": "Forschung & Entwicklung — 研究", "subjectType": "group"}]}'),
	(11, '2026-11-21 23:08:19.480616+00', 'static-token', '21dbce68cba7f5a5b128af88d466baa9', 'Created', 'McpServer/e73fb06e-632e-46ae-bb7c-8a8c973d6509', NULL, 'static-token created the MCP server GitHub.', 'succeeded', NULL, '{"id": "e73fb06e-632e-46ae-bb7c-8a8c973d6509", "name": "GitHub", "scope": "org", "grants": [{"id": "8824d90b-65de-4810-bd58-b29cdd283dec", "note": "für alle", "scope": "org", "access": "allow", "priority": 0, "payloadId": "e73fb06e-632e-46ae-bb7c-8a8c973d6509", "subjectId": "df9660b0-fc25-4c34-a48e-7095ebe9b7ff", "subjectName": "Forschung & Entwicklung — 研究", "subjectType": "group"}], "status": "active", "endpoint": "https://mcp.example.org/github", "createdAt": "2026-11-21T23:08:19.480Z", "transport": "streamable-http", "updatedAt": "2026-11-21T23:08:19.480Z", "credentials": [{"id": "e95fb23e-1150-4ef9-be8b-b441d748078f", "secretRef": "github-bot", "displayName": "bot", "brokeringMode": "static"}], "description": "", "capabilities": ["tools", "prompts"]}'),
	(12, '2026-11-21 23:08:19.487836+00', 'static-token', '077eccc3efc7cecca6c272b259a9cdc9', 'Created', 'McpServerCredential/a514e0c0-d75d-46c2-9603-c9f19edc62c4', NULL, 'static-token created the credential for the caller of the MCP server GitHub (e73fb06e-632e-46ae-bb7c-8a8c973d6509).', 'succeeded', NULL, '{"id": "a514e0c0-d75d-46c2-9603-c9f19edc62c4", "secretRef": null, "displayName": "for the caller", "brokeringMode": "obo"}'),
	(13, '2026-11-21 23:08:19.49244+00', 'static-token', 'e87c1cbc961e22332bcbb6160a716561', 'Created', 'SkillBundle/b46bd99e-e424-4404-b965-8f74a7eb562b', NULL, 'static-token made the skill greeting 1.0.0.', 'succeeded', NULL, '{"id": "b46bd99e-e424-4404-b965-8f74a7eb562b", "name": "greeting", "tags": ["a", "ü"], "scope": "org", "grants": [], "status": "draft", "version": "1.0.0", "createdAt": "2026-11-21T23:08:19.492Z", "updatedAt": "2026-11-21T23:08:19.492Z", "hasContent": false, "promotions": [{"id": "1162457d-43e5-45fd-baec-bce16a0341d2", "notes": "please", "status": "proposed", "toScope": "project", "createdAt": "2026-11-21T23:08:19.492Z", "fromScope": "org", "promotedBy": "static-token"}], "scanStatus": "pending", "description": ""}'),
	(25, '2026-11-21 23:08:19.588908+00', 'static-token', 'd628288c5dfb5060021a4851455e2b1b', 'Created', 'APIKey/861dec5e-5828-4f5b-b0e2-8a93c7fd4c62', NULL, 'static-token created the API key ci (861dec5e-5828-4f5b-b0e2-8a93c7fd4c62) of org_edge.', 'succeeded', NULL, '{"id": "861dec5e-5828-4f5b-b0e2-8a93c7fd4c62", "name": "ci", "role": "admin", "scopes": ["api-keys:read", "instances:read"], "parent_id": null, "created_at": "2026-11-21T23:08:19.588Z", "created_by": "static-token", "expires_at": null, "revoked_at": null, "rotated_at": null, "customer_id": null, "last_used_at": null, "organization": "org_edge", "previous_expires_at": null}'),
	(26, '2026-11-21 23:08:19.592718+00', 'static-token', 'c7978033a90ae13dd42fcda1893d74c5', 'Created', 'APIKey/d5e8def5-f29c-44e7-95f2-69ef176bb654', NULL, 'static-token created the API key ci (d5e8def5-f29c-44e7-95f2-69ef176bb654) of org_edge.', 'succeeded', NULL, '{"id": "d5e8def5-f29c-44e7-95f2-69ef176bb654", "name": "ci", "role": "admin", "scopes": ["api-keys:read", "instances:read"], "parent_id": null, "created_at": "2026-11-21T23:08:19.592Z", "created_by": "static-token", "expires_at": null, "revoked_at": null, "rotated_at": null, "customer_id": null, "last_used_at": null, "organization": "org_edge", "previous_expires_at": null}'),
	(14, '2026-11-21 23:08:19.498824+00', 'static-token', 'b19c22125b380ff178fdf20e29f0a110', 'ContentUploaded', 'SkillBundle/b46bd99e-e424-4404-b965-8f74a7eb562b', NULL, 'static-token uploaded 54 bytes of content of the skill greeting 1.0.0.', 'succeeded', '{"id": "b46bd99e-e424-4404-b965-8f74a7eb562b", "name": "greeting", "tags": ["a", "ü"], "scope": "org", "grants": [], "status": "draft", "version": "1.0.0", "createdAt": "2026-11-21T23:08:19.492Z", "updatedAt": "2026-11-21T23:08:19.492Z", "hasContent": false, "promotions": [{"id": "1162457d-43e5-45fd-baec-bce16a0341d2", "notes": "please", "status": "proposed", "toScope": "project", "createdAt": "2026-11-21T23:08:19.492Z", "fromScope": "org", "promotedBy": "static-token"}], "scanStatus": "pending", "description": ""}', '{"id": "b46bd99e-e424-4404-b965-8f74a7eb562b", "name": "greeting", "tags": ["a", "ü"], "scope": "org", "digest": "sha256:5042a1176f4ef81d89abacbd280f568c91c01dab5173885312e4e569dc90df32", "grants": [], "status": "draft", "version": "1.0.0", "createdAt": "2026-11-21T23:08:19.492Z", "updatedAt": "2026-11-21T23:08:19.498Z", "hasContent": true, "promotions": [{"id": "1162457d-43e5-45fd-baec-bce16a0341d2", "notes": "please", "status": "proposed", "toScope": "project", "createdAt": "2026-11-21T23:08:19.492Z", "fromScope": "org", "promotedBy": "static-token"}], "scanStatus": "pending", "description": ""}'),
	(15, '2026-11-21 23:08:19.508967+00', 'static-token', 'ecc29b8773418df69fc7a943b83a898e', 'ScanPassed', 'SkillBundle/b46bd99e-e424-4404-b965-8f74a7eb562b', NULL, 'static-token scanned, with 0 findings, the skill greeting 1.0.0.', 'succeeded', '{"id": "b46bd99e-e424-4404-b965-8f74a7eb562b", "name": "greeting", "tags": ["a", "ü"], "scope": "org", "digest": "sha256:5042a1176f4ef81d89abacbd280f568c91c01dab5173885312e4e569dc90df32", "grants": [], "status": "draft", "version": "1.0.0", "createdAt": "2026-11-21T23:08:19.492Z", "updatedAt": "2026-11-21T23:08:19.498Z", "hasContent": true, "promotions": [{"id": "1162457d-43e5-45fd-baec-bce16a0341d2", "notes": "please", "status": "proposed", "toScope": "project", "createdAt": "2026-11-21T23:08:19.492Z", "fromScope": "org", "promotedBy": "static-token"}], "scanStatus": "pending", "description": ""}', '{"id": "b46bd99e-e424-4404-b965-8f74a7eb562b", "name": "greeting", "tags": ["a", "ü"], "scope": "org", "digest": "sha256:5042a1176f4ef81d89abacbd280f568c91c01dab5173885312e4e569dc90df32", "grants": [], "status": "draft", "version": "1.0.0", "createdAt": "2026-11-21T23:08:19.492Z", "scannedAt": "2026-11-21T23:08:19.508Z", "updatedAt": "2026-11-21T23:08:19.508Z", "hasContent": true, "promotions": [{"id": "1162457d-43e5-45fd-baec-bce16a0341d2", "notes": "please", "status": "proposed", "toScope": "project", "createdAt": "2026-11-21T23:08:19.492Z", "fromScope": "org", "promotedBy": "static-token"}], "scanStatus": "passed", "description": "", "scanFindings": []}'),
	(16, '2026-11-21 23:08:19.514403+00', 'static-token', 'c215ee8205102059754ca0c655101228', 'Updated', 'SkillBundle/b46bd99e-e424-4404-b965-8f74a7eb562b', NULL, 'static-token changed the skill greeting 1.0.0.', 'succeeded', '{"id": "b46bd99e-e424-4404-b965-8f74a7eb562b", "name": "greeting", "tags": ["a", "ü"], "scope": "org", "digest": "sha256:5042a1176f4ef81d89abacbd280f568c91c01dab5173885312e4e569dc90df32", "grants": [], "status": "draft", "version": "1.0.0", "createdAt": "2026-11-21T23:08:19.492Z", "scannedAt": "2026-11-21T23:08:19.508Z", "updatedAt": "2026-11-21T23:08:19.508Z", "hasContent": true, "promotions": [{"id": "1162457d-43e5-45fd-baec-bce16a0341d2", "notes": "please", "status": "proposed", "toScope": "project", "createdAt": "2026-11-21T23:08:19.492Z", "fromScope": "org", "promotedBy": "static-token"}], "scanStatus": "passed", "description": "", "scanFindings": []}', '{"id": "b46bd99e-e424-4404-b965-8f74a7eb562b", "name": "greeting", "tags": ["a", "ü"], "scope": "org", "digest": "sha256:5042a1176f4ef81d89abacbd280f568c91c01dab5173885312e4e569dc90df32", "grants": [], "status": "published", "version": "1.0.0", "createdAt": "2026-11-21T23:08:19.492Z", "scannedAt": "2026-11-21T23:08:19.508Z", "updatedAt": "2026-11-21T23:08:19.514Z", "hasContent": true, "promotions": [{"id": "1162457d-43e5-45fd-baec-bce16a0341d2", "notes": "please", "status": "proposed", "toScope": "project", "createdAt": "2026-11-21T23:08:19.492Z", "fromScope": "org", "promotedBy": "static-token"}], "scanStatus": "passed", "description": "", "publishedAt": "2026-11-21T23:08:19.514Z", "scanFindings": []}'),
	(17, '2026-11-21 23:08:19.520074+00', 'static-token', '611f8f0a38891d122a5c042193142bcf', 'Created', 'ThirdPartySource/b1095c6f-5616-4b89-b0a6-f798b3a45993', NULL, 'static-token registered the source Uploads.', 'succeeded', NULL, '{"id": "b1095c6f-5616-4b89-b0a6-f798b3a45993", "name": "Uploads", "type": "manual-upload", "items": [{"id": "247c8c29-51a8-4c15-8fba-cfb5ae882cfe", "kind": "mcp-server", "name": "Upstream", "metadata": {"endpoint": "https://up.example.org/mcp"}, "upstreamId": "io.example/up"}], "failures": 0, "syncMode": "scheduled", "createdAt": "2026-11-21T23:08:19.520Z", "updatedAt": "2026-11-21T23:08:19.520Z", "syncStatus": "pending-approval", "intervalSeconds": 3600, "managedItemCount": 1}'),
	(18, '2026-11-21 23:08:19.544699+00', 'static-token', '28ed03fdab98318a7f51b9f1ea09399d', 'BudgetUpdated', 'AIBudget/global', NULL, 'static-token set the ceiling of all model spend to 1234.56 USD a month.', 'succeeded', '{"monthlyLimitUsd": null}', '{"monthlyLimitUsd": 1234.56}'),
	(19, '2026-11-21 23:08:19.551062+00', 'static-token', '9af250d51f8ece14a7cda2cecc77d944', 'BudgetCreated', 'AIBudget/account/leo@corp.example', NULL, 'static-token set the ceiling of the account leo@corp.example to 0.0 USD a month.', 'succeeded', NULL, '{"monthlyLimitUsd": 0}'),
	(20, '2026-11-21 23:08:19.556582+00', 'static-token', 'f45cd13b3431ef552450d615ee98d741', 'ProviderKeyCreated', 'ProviderKey/openai', NULL, 'static-token set the key of the provider openai.', 'succeeded', NULL, '{"toldAt": null, "provider": "openai", "lastError": null, "updatedAt": "2026-11-21T23:08:19.556Z", "configured": true}'),
	(21, '2026-11-21 23:08:19.563535+00', 'static-token', 'c8d6295b4f7539917a73befccc399203', 'Defined', 'AwarenessRollout/default', NULL, 'static-token defined the awareness rollout', 'succeeded', '{"waves": ["personal", "project", "department", "org"], "nextWave": "personal", "shadowMode": false, "promotedWaves": [], "stableVersion": "awareness/v1alpha1", "targetVersion": "awareness/v1alpha1"}', '{"waves": ["canary", "rest"], "nextWave": "canary", "shadowMode": false, "promotedWaves": [], "stableVersion": "awareness/v1", "targetVersion": "awareness/v2"}'),
	(22, '2026-11-21 23:08:19.568107+00', 'static-token', '8d6615ca96cca5b3d857665ba1901bf6', 'WaveSet', 'Tenant/mia', 'mia', 'static-token put the tenant mia into the wave canary', 'succeeded', '{"wave": null}', '{"wave": "canary"}'),
	(23, '2026-11-21 23:08:19.574039+00', 'static-token', 'cbf05b18d595bd0af98468c187d55a90', 'SessionScopeBound', 'Session/session-1', NULL, 'static-token bound the session session-1 for tenant:mia', 'succeeded', NULL, '[{"scope": "department", "payloadId": "handbook"}]'),
	(24, '2026-11-21 23:08:19.581716+00', 'static-token', '438dd94d83057bb80ff27a63cfba98e0', 'Created', 'AccessToken/89da5be6-7573-49b9-ab95-3463fd47a06a', NULL, 'static-token created the access token ci (89da5be6-7573-49b9-ab95-3463fd47a06a) of static-token.', 'succeeded', NULL, '{"id": "89da5be6-7573-49b9-ab95-3463fd47a06a", "name": "ci", "owner": "static-token", "roles": ["platform-admin"], "scopes": ["read", "write"], "createdAt": "2026-11-21T23:08:19.581Z", "createdBy": "static-token", "expiresAt": "2027-02-19T23:08:19.581Z"}'),
	(27, '2026-11-21 23:08:19.595533+00', 'static-token', 'd681abdf99ccfc09f9b03cd5c6fee65a', 'Rotated', 'APIKey/d5e8def5-f29c-44e7-95f2-69ef176bb654', NULL, 'static-token rotated the API key ci (d5e8def5-f29c-44e7-95f2-69ef176bb654) of org_edge.', 'succeeded', '{"id": "d5e8def5-f29c-44e7-95f2-69ef176bb654", "name": "ci", "role": "admin", "scopes": ["api-keys:read", "instances:read"], "parent_id": null, "created_at": "2026-11-21T23:08:19.592Z", "created_by": "static-token", "expires_at": null, "revoked_at": null, "rotated_at": null, "customer_id": null, "last_used_at": null, "organization": "org_edge", "previous_expires_at": null}', '{"id": "d5e8def5-f29c-44e7-95f2-69ef176bb654", "name": "ci", "role": "admin", "scopes": ["api-keys:read", "instances:read"], "parent_id": null, "created_at": "2026-11-21T23:08:19.592Z", "created_by": "static-token", "expires_at": null, "revoked_at": null, "rotated_at": "2026-11-21T23:08:19.595Z", "customer_id": null, "last_used_at": null, "organization": "org_edge", "previous_expires_at": null}'),
	(28, '2026-11-21 23:08:19.599355+00', 'static-token', 'promised', 'Created', 'Tenant/promised', 'promised', 'static-token asked that the tenant promised be created.', 'pending', NULL, NULL),
	(29, '2026-11-21 23:08:19.601766+00', 'static-token', 'd0f9c2449c74d4b580c68d7734e3f8d4', 'Created', 'Tenant/mia', 'mia', 'The tenant mia was not created: TENANT_ALREADY_EXISTS.', 'failed', NULL, NULL),
	(30, '2026-11-20 08:00:00+00', 'static-token', 'req-1', 'Created', 'Tenant/pending-one', 'pending-one', 'Tenant pending-one is being created.', 'pending', NULL, '{"displayName": "Pending ✓"}'),
	(31, '2026-11-20 08:00:00.000001+00', 'user:Ångström@example.org', '', 'Updated', 'Group/東京', NULL, 'long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message long message ', 'failed', '{"a": [1, 1.50, 1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000, null, true, "\\"]}', '{}'),
	(32, '1970-01-01 00:00:00+00', '', 'req-0', 'Deleted', '', '', '', 'succeeded', 'null', '[]'),
	(33, '2027-01-15 08:00:00+00', 'ann', 'r-last', 'Updated', 'Tenant/last', 'last', 'last was updated.', 'succeeded', '{"name": "last", "number": 1.5}', '{"number": 2}');


--
-- Data for Name: audit_unsealed; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_unsealed OVERRIDING SYSTEM VALUE VALUES
	(39, 33, 'ended');


--
-- Data for Name: awareness_rollout; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.awareness_rollout VALUES
	(true, 'awareness/v2', 'awareness/v1', '{canary,rest}', 0, false, '2026-11-21 23:08:19.563535+00');


--
-- Data for Name: background_leases; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.background_leases VALUES
	('model-spend', 'ac4bad80-bd4d-49a7-b668-61f64069929a', '2026-11-22 01:08:19.306776+00'),
	('edge', 'c0000000-0000-4000-8000-000000000003', '2026-11-20 08:00:00+00');


--
-- Data for Name: bootstrap_log; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.bootstrap_log OVERRIDING SYSTEM VALUE VALUES
	(1, '0e0e0e0e-0000-4000-8000-000000000001', '0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a', 1, 'files', 'info', '10 % — «fini»', '2026-11-01 08:01:30+00'),
	(2, '0e0e0e0e-0000-4000-8000-000000000001', '0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a', 9223372036854775807, 'done', 'error', '', '2026-11-01 08:01:31+00');


--
-- Data for Name: cluster_tenants; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.cluster_tenants VALUES
	('', 'corp', '5a59d31b-78f6-4bfc-b71e-f3fa2aa54098', '34', 34, 1, '{}', 'Corp — Gesellschaft m. b. H.', NULL, 'shared', '{"mode": "shared"}', NULL, 'pending', NULL, NULL, NULL, '{"compute": {"mode": "shared"}, "displayName": "Corp — Gesellschaft m. b. H.", "isolationTier": "shared"}', NULL, 'db0e02f02e855ca6f4439de3dc6f4fe0', '2026-11-21 23:08:19+00', '2026-11-21 23:08:19.389586+00', NULL, ''),
	('', 'edge-corp', '0c0c0c0c-0000-4000-8000-000000000001', '18446744073709551615', 18446744073709551615, 9223372036854775807, '{"a/b": "c", "opencrane.io/team": ""}', 'Łódź — 東京 🚀 "quoted" \ back	slash', 'ai.edge-corp.example', 'dedicatedNodes', '{"mode": "dedicated", "nodePool": "p1"}', '{"quota": {"cpu": "8", "pods": 40, "memory": "16Gi"}}', 'ready', NULL, 'opencrane-edge-corp', 'shared', '{"baseDomain": "ai.edge-corp.example", "displayName": "Łódź — 東京 🚀", "isolationTier": "dedicatedNodes"}', '{"phase": "ready", "conditions": []}', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '2026-11-01 08:00:00+00', '2026-11-20 08:00:00.123456+00', NULL, 'cluster-1'),
	('', 'gone-corp', '0c0c0c0c-0000-4000-8000-000000000002', '', 0, NULL, '{}', '', NULL, 'shared', '{"mode": "shared"}', NULL, 'pending', '', NULL, NULL, '{}', NULL, '', '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', '2026-11-20 09:00:00+00', '');


--
-- Data for Name: datasets; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.datasets VALUES
	('Ünïcode Daten', '0c0c0c0c-0000-4000-8000-000000000001'),
	('Über uns', '');


--
-- Data for Name: departed_tenants; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.departed_tenants VALUES
	('0e0e0e0e-0000-4000-8000-000000000002', '2026-11-20 08:31:00+00');


--
-- Data for Name: device_grants; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.device_grants VALUES
	('7777777777777777777777777777777777777777777777777777777777777777', 'ABCDEFGH', '2001:db8::1', 5, NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-20 08:00:00+00', '2999-01-01 00:00:00+00'),
	('8888888888888888888888888888888888888888888888888888888888888888', 'JKLMNPQR', NULL, 10, '2026-11-20 08:00:10+00', 'approved', 'issuer|sub', 'mia@corp.example', 'org_edge', '{viewer}', '2026-11-20 08:00:00+00', '2999-01-01 00:00:00+00');


--
-- Data for Name: drift_alert; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.drift_alert VALUES
	(true, true, 3, NULL, NULL);


--
-- Data for Name: drift_evaluations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.drift_evaluations VALUES
	('Tenant', 3, 2, 1, 0.25, '2026-11-20 08:00:00+00'),
	('AccessPolicy', 0, 0, 0, NULL, '2026-11-20 08:00:00+00');


--
-- Data for Name: fleet_claims; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.fleet_claims VALUES
	('org_edge', 'crane', 'edge-fleet', '2999-01-01 00:00:00+00');


--
-- Data for Name: grants; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.grants OVERRIDING SYSTEM VALUE VALUES
	('424433eb-c491-4933-9df9-f622b3785691', 1, 'awareness', 'handbook', 'department', 'group', 'df9660b0-fc25-4c34-a48e-7095ebe9b7ff', 'allow', 0, NULL, 'df9660b0-fc25-4c34-a48e-7095ebe9b7ff', DEFAULT, DEFAULT, '2026-11-21 23:08:19.472123+00', '2026-11-21 23:08:19.472123+00', DEFAULT),
	('7f449c8b-c750-42b7-aee9-4c9a0463ca24', 2, 'awareness', 'secret', 'department', 'group', 'df9660b0-fc25-4c34-a48e-7095ebe9b7ff', 'deny', -1000000, NULL, 'df9660b0-fc25-4c34-a48e-7095ebe9b7ff', DEFAULT, DEFAULT, '2026-11-21 23:08:19.472123+00', '2026-11-21 23:08:19.472123+00', DEFAULT),
	('8824d90b-65de-4810-bd58-b29cdd283dec', 3, 'mcp-server', 'e73fb06e-632e-46ae-bb7c-8a8c973d6509', 'org', 'group', 'df9660b0-fc25-4c34-a48e-7095ebe9b7ff', 'allow', 0, 'für alle', NULL, DEFAULT, DEFAULT, '2026-11-21 23:08:19.480616+00', '2026-11-21 23:08:19.480616+00', DEFAULT);


--
-- Data for Name: group_members; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.group_members VALUES
	('df9660b0-fc25-4c34-a48e-7095ebe9b7ff', 'tenant:mia'),
	('df9660b0-fc25-4c34-a48e-7095ebe9b7ff', 'user:leo@corp.example');


--
-- Data for Name: groups; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.groups OVERRIDING SYSTEM VALUE VALUES
	('df9660b0-fc25-4c34-a48e-7095ebe9b7ff', 1, 'Forschung & Entwicklung — 研究', 'department', 'Wer forscht.', '2026-11-21 23:08:19.472123+00', '2026-11-21 23:08:19.472123+00');


--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.idempotency_keys VALUES
	('static-token', 'updateGlobalBudget', 'release /ai-budget/global', 'f7c1a939c2f71e0de40bab40f6536edc16ffcd0dc2818ee1bcc9dbd0cca48f4e', NULL, '{"spendReadAt": null, "currentSpendUsd": 0.0, "monthlyLimitUsd": 1234.56, "budgetAlertState": "ok"}', '"global.1"', '2026-11-21 23:08:19.544699+00', '2999-01-01 00:00:00+00', NULL),
	('static-token', 'upsertAccountBudget', 'release /ai-budget/accounts/leo@corp.example', 'c376c984b91bc674957d4493ee1c384d6f747c0c8f4e80c1aa122777a03b7528', NULL, '{"userId": "leo@corp.example", "spendReadAt": null, "currentSpendUsd": 0.0, "monthlyLimitUsd": 0.0, "budgetAlertState": "exceeded"}', '"account.1"', '2026-11-21 23:08:19.551062+00', '2999-01-01 00:00:00+00', NULL),
	('static-token', 'upsertProviderKey', 'release /providers/keys/openai', 'cdb34241c9894736fc19cb17c95193490a756357566ab0cc5e1629d5cc611418', NULL, '{"toldAt": null, "provider": "openai", "lastError": null, "updatedAt": "2026-11-21T23:08:19.556Z", "configured": true}', '"openai.1"', '2026-11-21 23:08:19.556582+00', '2999-01-01 00:00:00+00', NULL),
	('static-token', 'setAwarenessRollout', 'release /awareness/rollout', '9624d7c4b04ea1cb104354c7aac31072b3681865abf1ef35e174695b5e2d4bfe', NULL, '{"waves": ["canary", "rest"], "nextWave": "canary", "shadowMode": false, "promotedWaves": [], "stableVersion": "awareness/v1", "targetVersion": "awareness/v2"}', '"594657c95724aea5fc020e8e60a714a3"', '2026-11-21 23:08:19.563535+00', '2999-01-01 00:00:00+00', NULL),
	('static-token', 'setAwarenessWave', 'release /awareness/waves/mia', '2a91371a0bee26f1da86120815c7fe98a0f35750c11e505f99a6a3e62a9ab846', NULL, '{"wave": "canary", "shadow": false, "tenant": "mia", "version": "awareness/v1", "promoted": false}', NULL, '2026-11-21 23:08:19.568107+00', '2999-01-01 00:00:00+00', NULL),
	('static-token', 'setSessionScope', 'release /sessions/session-1/scope', '50ceb2bb95dfc62b1385d4963a0c870011f2fac6a67f44a9a2fbd1e36af9f7d0', NULL, '{"scopes": [{"scope": "department", "payloadId": "handbook"}], "rejected": [], "createdAt": "2026-11-21T23:08:19.574Z", "principal": "tenant:mia", "updatedAt": "2026-11-21T23:08:19.574Z", "sessionKey": "session-1"}', '"f9a41b0831ea23449af5e83d05955015"', '2026-11-21 23:08:19.574039+00', '2999-01-01 00:00:00+00', NULL),
	('static-token', 'createGroup', 'edge key ✓', 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', 201, '{"id": "x", "name": "Ünïcode"}', '"1"', '2026-11-20 08:00:00+00', '2999-01-01 00:00:00+00', '/api/v1/groups/x'),
	('static-token', 'createAccessToken', 'secret answer', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', 201, NULL, NULL, '2026-11-20 08:00:00+00', '2999-01-01 00:00:00+00', NULL);


--
-- Data for Name: installation_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.installation_keys VALUES
	('edge-unsealed', '\x000102ff', false, '2026-11-01 08:00:00+00'),
	('instance-usage-people', '\x01036f6e65daa0cbd37231d115c85cf0c78fece51114716d820286aa6e3c9eebca22b65519e16550bb15d43abbaea761b0c0f33717bd83c9abb20b100d255ab527', true, '2026-11-21 23:08:19.620499+00');


--
-- Data for Name: instance_applied_settings; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.instance_applied_settings VALUES
	('11111111-0000-4000-8000-000000000001', 'm-1', '8888888888888888888888888888888888888888888888888888888888888888', '2026-11-20 08:00:00+00', '{"a": {"b": true}}');


--
-- Data for Name: instance_log_lines; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.instance_log_lines VALUES
	('0e0e0e0e-0000-4000-8000-000000000001', 1, 0, 1),
	('0e0e0e0e-0000-4000-8000-000000000001', 2, 0, 2),
	('0e0e0e0e-0000-4000-8000-000000000001', 3, 1, 1),
	('0e0e0e0e-0000-4000-8000-000000000001', 4, 1, 2);


--
-- Data for Name: instance_usage_cursors; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.instance_usage_cursors VALUES
	('11111111-0000-4000-8000-000000000001', '2999-01-01 00:00:00+00', NULL, NULL, '2026-11-19', '2026-11-20 08:00:00+00', 2);


--
-- Data for Name: instance_usage_daily; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.instance_usage_daily VALUES
	('11111111-0000-4000-8000-000000000001', '2026-11-19', 'm-1', 9223372036854775807, 0, 12345678901234.0123456789, '2026-11-20 08:00:00+00');


--
-- Data for Name: instance_usage_people; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.instance_usage_people VALUES
	('11111111-0000-4000-8000-000000000001', '2026-11-19', '7777777777777777777777777777777777777777777777777777777777777777');


--
-- Data for Name: instances; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.instances VALUES
	('11111111-0000-4000-8000-000000000001', '11111111-0000-4000-8000-0000000000a1', 'org_edge', 'cust-1', 'Käufer@example.org', 'Bot 🤖', 'Mia Ö.', 'order-1', '9999999999999999999999999999999999999999999999999999999999999999', 'eu', 'small', 'Small', 'default', 'm-1', 'shop', 'edge-fleet', 'crane', '{"displayName": "Bot 🤖"}', '0e0e0e0e-0000-4000-8000-000000000001', '{"model_policy": {"allow": ["m"]}}', true, 'api-key:x', 'req-9', '{"phase": "Running"}', NULL, NULL, NULL, '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', NULL, NULL, '2999-01-01 00:00:00+00', NULL, 0, NULL, NULL, NULL, NULL, NULL),
	('11111111-0000-4000-8000-000000000002', '11111111-0000-4000-8000-0000000000a2', 'org_edge', NULL, NULL, 'x', NULL, 'order-2', '', 'eu', 'small', 'Small', 'default', NULL, NULL, 'gone-host', 'crane', '{}', NULL, '{}', false, '', '', '{}', 'VM_FAILED', 'why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why why ', 2, '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00', '2026-11-20 08:01:00+00', NULL, '2026-11-20 08:00:30+00', 2147483647, 'err', 'holder', '2026-11-20 08:00:30+00', 'holder', 'TIMEOUT');


--
-- Data for Name: login_attempts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.login_attempts VALUES
	('5555555555555555555555555555555555555555555555555555555555555555', '6666666666666666666666666666666666666666666666666666666666666666', 'nonce', 'verifier', '/auth/me?x=%C3%BC', '2999-01-01 00:00:00+00');


--
-- Data for Name: mcp_server_credentials; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.mcp_server_credentials OVERRIDING SYSTEM VALUE VALUES
	('e95fb23e-1150-4ef9-be8b-b441d748078f', 1, 'e73fb06e-632e-46ae-bb7c-8a8c973d6509', 'bot', 'static', 'github-bot', '2026-11-21 23:08:19.480616+00'),
	('a514e0c0-d75d-46c2-9603-c9f19edc62c4', 2, 'e73fb06e-632e-46ae-bb7c-8a8c973d6509', 'for the caller', 'obo', NULL, '2026-11-21 23:08:19.487836+00');


--
-- Data for Name: mcp_servers; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.mcp_servers OVERRIDING SYSTEM VALUE VALUES
	('e73fb06e-632e-46ae-bb7c-8a8c973d6509', 1, 'GitHub', '', 'https://mcp.example.org/github', 'org', 'streamable-http', 'active', '{tools,prompts}', NULL, NULL, '2026-11-21 23:08:19.480616+00', '2026-11-21 23:08:19.480616+00');


--
-- Data for Name: model_key_revocations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.model_key_revocations VALUES
	(1, 'gone', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', '2026-11-20 08:00:00+00'),
	(2, 'bare', NULL, '2026-11-20 08:00:00+00');


--
-- Data for Name: model_key_state; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.model_key_state VALUES
	('edge-fleet', 'settled', -0.000001, '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00'),
	('gone', NULL, 0.000000, NULL, '2026-11-20 08:00:00+00');


--
-- Data for Name: model_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.model_keys OVERRIDING SYSTEM VALUE VALUES
	(1, 'edge-fleet', 'opencrane-edge-fleet', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'openclaw-edge-fleet-litellm-key', 999999999999.999999, '2026-11-20 08:00:00+00', NULL, '0e0e0e0e-0000-4000-8000-000000000001'),
	(2, 'gone', 'opencrane-gone', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'openclaw-gone-litellm-key', NULL, '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', NULL);


--
-- Data for Name: model_proxy_leases; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.model_proxy_leases VALUES
	('collector', 'c0000000-0000-4000-8000-000000000002', '2999-01-01 00:00:00+00');


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.outbox OVERRIDING SYSTEM VALUE VALUES
	(1, 'model-proxy.ceiling', 'global', '{}', 0, '2026-11-21 23:08:19.547405+00', NULL, NULL, NULL, NULL, '2026-11-21 23:08:19.547405+00'),
	(2, 'model-proxy.ceiling', 'account/leo@corp.example', '{}', 0, '2026-11-21 23:08:19.553205+00', NULL, NULL, NULL, NULL, '2026-11-21 23:08:19.553205+00'),
	(3, 'model-proxy.credential', 'openai', '{}', 0, '2026-11-21 23:08:19.560527+00', NULL, NULL, NULL, NULL, '2026-11-21 23:08:19.560527+00'),
	(4, 'model.key', 'edge-fleet', '{}', 0, '2999-01-01 00:00:00+00', NULL, NULL, NULL, NULL, '2026-11-20 08:00:00+00'),
	(5, 'retrieval.subject', 'user:ünïcode@corp.example', '{"n": null}', 20, '2999-01-01 00:00:00+00', '2026-11-20 08:00:00+00', 'c0000000-0000-4000-8000-000000000004', 'no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no ', '2026-11-20 08:00:00+00', '2026-11-01 08:00:00+00');


--
-- Data for Name: participation; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.participation VALUES
	('0e0e0e0e-0000-4000-8000-000000000001', '2026-11-20 08:00:00+00', 'awareness/v1', '2026-11-20 08:00:00+00'),
	('0e0e0e0e-0000-4000-8000-000000000002', '2026-11-20 08:00:00+00', NULL, '2026-11-20 08:00:00+00');


--
-- Data for Name: participation_events; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.participation_events VALUES
	('0e0e0e0e-0000-4000-8000-000000000001', 'evt ✓', 'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc', '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00', NULL, 2147483647);


--
-- Data for Name: person_logins; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.person_logins VALUES
	('https://id.example.org|sub|1', '2026-11-20 08:00:00+00');


--
-- Data for Name: provider_keys; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.provider_keys VALUES
	('openai', '\x01036f6e6535684aac80f4a9249bce5b736e28546426edecbd87be387370a5878c91c5eb4d5bc2661ac1ebd25ef66df00919797f152a666838033c6e', 1, '2026-11-21 23:08:19.556582+00', NULL, NULL);


--
-- Data for Name: provisioning_log; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.provisioning_log OVERRIDING SYSTEM VALUE VALUES
	(1, '0e0e0e0e-0000-4000-8000-000000000001', 'crane', 'edge-fleet', 1, 1, 'vm_create', 'complete', 'The machine is made — fertig.', 0, '2026-11-01 08:01:00+00'),
	(2, '0e0e0e0e-0000-4000-8000-000000000001', 'crane', 'edge-fleet', 1, 3, 'gateway', 'failed', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', 9223372036854775807, '2026-11-01 08:02:00+00');


--
-- Data for Name: retrieval_services; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.retrieval_services VALUES
	(true);


--
-- Data for Name: schema_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.schema_migrations VALUES
	(1, 'projection', 'cb4009e328f3ec594306a9226d79c0fb005e06085ab9137e1e841fcd01f8737e', '2026-11-21 23:08:18.673072+00', 1),
	(2, 'audit_entries', '9effb376deb46823d7649ff30c3b1638a88dcc2e419058c4f9fd78cfd868d6c3', '2026-11-21 23:08:18.682701+00', 2),
	(3, 'write_intents', 'a6af4b8b57631423a5f659060538aecc57e031890587a22dd17c59ecd2151e09', '2026-11-21 23:08:18.686029+00', 3),
	(4, 'cluster_identity', '0d342c397c1722343da8c47e45b994250248fc8cda3f1fa4bf5ac0497bedd2ee', '2026-11-21 23:08:18.688642+00', 4),
	(5, 'write_order', '2a365c9dbe507dbc3dd330ddbbfed8f45993f4f6315db49673a9badad83b5baa', '2026-11-21 23:08:18.692733+00', 5),
	(6, 'provisioning', 'ec56784adbaa00f0c3043017200e3f31bc421eaed6f113f4c69d926125ca0558', '2026-11-21 23:08:18.695554+00', 6),
	(7, 'boards', '83792afa61744b62aceb0e656c03d2902448e9ff71a3658a4deca054740cea95', '2026-11-21 23:08:18.70073+00', 7),
	(8, 'idempotency_keys', '0c8582ae5dc3e3a15c04876dfb781bef9e1c238bdc96cce215a97961e0750fab', '2026-11-21 23:08:18.701434+00', 8),
	(9, 'api_keys', '244cb4d810d66b441111942f67b98d4889e7f5d7a7600386194d4cb27af41a49', '2026-11-21 23:08:18.7026+00', 9),
	(10, 'agents', 'e3851e5aa8432255f39fd429a95d9dca44e229b95a5d66acfa437ec66b9b9e81', '2026-11-21 23:08:18.708773+00', 10),
	(11, 'instances', '5829258b6265a0d59f29372052961749da0787eec3aeabe7f81f1c3bced3f000', '2026-11-21 23:08:18.711526+00', 11),
	(12, 'instance_usage', '4c800581306ae3497a5f02640b07b743f48a6c4888a45d0071fbf5bebd5571bf', '2026-11-21 23:08:18.716693+00', 12),
	(13, 'entitlements', 'df2c1f9648b88bea84dd4b28a7d737a5299e1903c50d6d18ca2e54eb8571779f', '2026-11-21 23:08:18.724846+00', 13),
	(14, 'skills', 'f55a572fc2312be727e3929bed1089e9e8d8ae273cc1a20de3cfab34f0b29f86', '2026-11-21 23:08:18.736836+00', 14),
	(15, 'outbox', 'a18fa5ef33706301995ed257fafdf7d6e6fc7fb09c176297e82bbec2ba4f3def', '2026-11-21 23:08:18.757391+00', 15),
	(16, 'model_budgets', '3ac41c1eddd4619243c9ed0031a54286866270ef1a4e8ce2cf2ef79d611556ed', '2026-11-21 23:08:18.760721+00', 16),
	(17, 'authentication', 'edc1def503e93876e28c841f541c3e53c0559ab2171e4adec4eecd5be1552f6e', '2026-11-21 23:08:18.771222+00', 17),
	(18, 'instance_guarantees', '41625bd0dba62326172c9cdfa9cfc4c3eebb3642152293b7a49235548e938bc9', '2026-11-21 23:08:18.78243+00', 18),
	(19, 'contracts', '7b357717599a4ed196f8b6d223d5fd96485cd07a5854a112644365558282e466', '2026-11-21 23:08:18.786548+00', 19),
	(20, 'retention', '1e2ecd1a296925a2f05ce88f4120b39f1fbefd1bcc9581c38d2ee37dc6f09207', '2026-11-21 23:08:18.79197+00', 20),
	(21, 'fleet_indexes', '74ea06cfcf209a037f4244c284a3dc1d8a7e71088c9a34004df4137254a13465', '2026-11-21 23:08:18.795021+00', 21),
	(22, 'audit_chain', '0fb7eee1a0479026217feeea0535f5a7d643091e6f812007c3558a2c5e38e1d8', '2026-11-21 23:08:18.796629+00', 22),
	(23, 'kept_answers', '7b32f4a9d3a414d072c87ab6df07a48df66a172b3519cd1518dd92f057910430', '2026-11-21 23:08:18.801346+00', 23),
	(24, 'metrics', '9767e1e6ea7c2d853d1a9eb06ab793b1a64aec33b1a84e584af58a6b84802b00', '2026-11-21 23:08:18.802447+00', 24),
	(25, 'provider_keys_told', 'e354a0e54ae3aff721b0f4b5e0579667ee5a6173730298dd26b7d7a1021c68dc', '2026-11-21 23:08:18.806341+00', 25),
	(26, 'model_key_revocations', 'feb6ebfec4f8929d104197c71f90a502d0987c739334393ede51e8218f82b1d4', '2026-11-21 23:08:18.806676+00', 26),
	(27, 'session_principals', '4d15f1da4ef296cee5904332cd7040952d529e583541c93c6e104b671a8239be', '2026-11-21 23:08:18.807541+00', 27),
	(28, 'folded_addresses', '5f17140a0827f54fe6db12916873218f036a94a3173d8ae999f62a8500b6e0c7', '2026-11-21 23:08:18.809098+00', 28),
	(29, 'token_makers', '09a825f279236159d799d0bffa48ad55df6ebd95b1ec4050e0ed1619f393cc76', '2026-11-21 23:08:18.809791+00', 29),
	(30, 'tenant_spend', '71684e4f2aedf3d53e3ef828cc05c3dce4b9f343f1e4bd9784874d03fe1fddf9', '2026-11-21 23:08:18.812004+00', 30),
	(31, 'dataset_owners', 'f0266f8cf87b82075d93a218e340091decae590d9e33dc722a1f50bdfcfa9b19', '2026-11-21 23:08:18.81391+00', 31);


--
-- Data for Name: server_snapshots; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.server_snapshots OVERRIDING SYSTEM VALUE VALUES
	(1, '2026-11-20 08:00:00+00', '{"tenants": {"Running": 1}, "version": "0.1.0"}');


--
-- Data for Name: session_scopes; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.session_scopes VALUES
	('session-1', 'tenant:mia', '[{"scope": "department", "payloadId": "handbook"}]', 'static-token', '2026-11-21 23:08:19.574039+00', '2026-11-21 23:08:19.574039+00', 'd0264ca0-ab5f-4fa1-8274-b49bce838f94'),
	('edge:session', 'tenant:edge-fleet', '[]', 'system:serviceaccount:crane:edge', '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00', '0e0e0e0e-0000-4000-8000-000000000001');


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sessions OVERRIDING SYSTEM VALUE VALUES
	('3333333333333333333333333333333333333333333333333333333333333333', 1, 'https://id.example.org', 'sub|1', 'mia@corp.example', 'Mia Ö. 🦊', '{ops,"a,b","with \"quote\""}', '{platform-admin}', NULL, '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00', '2999-01-01 00:00:00+00'),
	('4444444444444444444444444444444444444444444444444444444444444444', 2, 'https://id.example.org', 'sub|2', '', NULL, '{}', '{}', 'org_edge', '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00', '2999-01-01 00:00:00+00');


--
-- Data for Name: skill_bundles; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.skill_bundles OVERRIDING SYSTEM VALUE VALUES
	('b46bd99e-e424-4404-b965-8f74a7eb562b', 1, 'greeting', '1.0.0', '', 'sha256:5042a1176f4ef81d89abacbd280f568c91c01dab5173885312e4e569dc90df32', 'org', 'published', '{a,ü}', NULL, '2026-11-21 23:08:19.514403+00', 'sha256:5042a1176f4ef81d89abacbd280f568c91c01dab5173885312e4e569dc90df32', 'opencrane-rules/1', true, '[]', '2026-11-21 23:08:19.508967+00', '2026-11-21 23:08:19.49244+00', '2026-11-21 23:08:19.514403+00');


--
-- Data for Name: skill_contents; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.skill_contents VALUES
	('sha256:5042a1176f4ef81d89abacbd280f568c91c01dab5173885312e4e569dc90df32', '\x23204772656574696e670a0a53617920676f6f64206d6f726e696e6720746f2077686f65766572207772697465732066697273742e0a', 54, '2026-11-21 23:08:19.498824+00', '2026-11-21 23:08:19.498824+00'),
	('sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', '\x00ff0d0a', 4, '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00');


--
-- Data for Name: skill_promotions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.skill_promotions OVERRIDING SYSTEM VALUE VALUES
	('1162457d-43e5-45fd-baec-bce16a0341d2', 1, 'b46bd99e-e424-4404-b965-8f74a7eb562b', 'org', 'project', 'static-token', 'proposed', 'please', NULL, NULL, '2026-11-21 23:08:19.49244+00'),
	('55555555-0000-4000-8000-000000000001', 2, 'b46bd99e-e424-4404-b965-8f74a7eb562b', 'personal', 'org', 'ann', 'rejected', 'Nein.', 'bob', '2026-11-20 08:00:00+00', '2026-11-19 08:00:00+00');


--
-- Data for Name: skill_pushes; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.skill_pushes VALUES
	('sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', 'failed', 9, 'REGISTRY_FAILED', '502', NULL, '2999-01-01 00:00:00+00', NULL, NULL, NULL, '2026-11-20 08:00:00+00');


--
-- Data for Name: tenant_datasets; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.tenant_datasets VALUES
	('d0264ca0-ab5f-4fa1-8274-b49bce838f94', 'org', 'default'),
	('d0264ca0-ab5f-4fa1-8274-b49bce838f94', 'project', 'Über uns'),
	('0e0e0e0e-0000-4000-8000-000000000001', 'personal', 'Ünïcode Daten');


--
-- Data for Name: tenant_identities; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.tenant_identities VALUES
	('0e0e0e0e-0000-4000-8000-000000000001', 'mia@corp.example', 'https://id.example.org|sub|1', '2026-11-20 08:00:00+00');


--
-- Data for Name: tenant_waves; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.tenant_waves VALUES
	('d0264ca0-ab5f-4fa1-8274-b49bce838f94', 'canary', '2026-11-21 23:08:19.568107+00'),
	('0e0e0e0e-0000-4000-8000-000000000001', 'canary', '2026-11-20 08:00:00+00');


--
-- Data for Name: tenants; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.tenants VALUES
	('crane', 'mia', 'd0264ca0-ab5f-4fa1-8274-b49bce838f94', '38', 38, 1, '{}', 'Mia', 'mia@corp.example', 'ops', NULL, NULL, false, 'Running', NULL, NULL, '{"team": "ops", "email": "mia@corp.example", "runtime": {"type": "Pod"}, "suspended": false, "displayName": "Mia"}', '{"phase": "Running", "targetNamespace": "crane"}', 'e1f39d4f8b76638e18817f297187bfd0', '2026-11-21 23:08:19+00', '2026-11-21 23:08:19.456452+00', NULL, ''),
	('crane', 'leo', '31403bc2-1f2a-4d13-85dc-e99e00fcf8b7', '40', 40, 2, '{}', 'Leo 🦁 "der Löwe"', 'Leo@corp.example', NULL, 'corp', 'base', true, 'Running', NULL, NULL, '{"email": "Leo@corp.example", "runtime": {"type": "Pod"}, "policyRef": "base", "suspended": true, "displayName": "Leo 🦁 \"der Löwe\"", "clusterTenantRef": "corp"}', '{"phase": "Running", "targetNamespace": "crane"}', '929da09bcc6c8ff72713f9f9b420cf08', '2026-11-21 23:08:19+00', '2026-11-21 23:08:19.468865+00', NULL, ''),
	('crane', 'edge-fleet', '0e0e0e0e-0000-4000-8000-000000000001', '12345678901234567890', 12345678901234567890, 7, '{"team": "ops"}', 'مرحبا — Fleet 🐦', 'Mia.O''Hara+fleet@corp.example', 'ops', 'edge-corp', 'edge-policy', false, 'Running', 'edge-fleet.ai.edge-corp.example', 'a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, a long message, ', '{"team": "ops", "email": "Mia.O''Hara+fleet@corp.example", "fleet": {"plan": "team", "agents": [{"name": "qa", "role": "Tests"}], "externalId": "ext-1", "organization": "org_edge"}, "runtime": {"type": "VirtualMachine", "machine": {"provider": "local"}}, "policyRef": "edge-policy", "displayName": "مرحبا — Fleet 🐦", "clusterTenantRef": "edge-corp", "monthlyBudgetUsd": 0.000001}', '{"phase": "Running", "machine": {"id": "m-1", "provider": "local"}, "provisioning": {"run": 1, "steps": [{"name": "vm_create", "status": "succeeded", "attempt": 1}]}, "targetNamespace": "opencrane-edge-corp"}', 'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc', '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', NULL, 'cluster-1'),
	('crane', 'bare', '', '', 0, NULL, '{}', '', '', NULL, NULL, NULL, true, 'Pending', NULL, NULL, '{}', NULL, '', '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', NULL, ''),
	('crane', 'gone', '0e0e0e0e-0000-4000-8000-000000000002', '5', 5, 1, '{}', 'Gone', 'gone@corp.example', '', 'gone-corp', NULL, false, 'Terminating', '', '', '{"displayName": "Gone"}', '{}', '', '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', '2026-11-20 08:30:00+00', 'cluster-1');


--
-- Data for Name: third_party_source_items; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.third_party_source_items OVERRIDING SYSTEM VALUE VALUES
	('247c8c29-51a8-4c15-8fba-cfb5ae882cfe', 1, 'b1095c6f-5616-4b89-b0a6-f798b3a45993', 'mcp-server', 'Upstream', 'io.example/up', NULL, NULL, '{"endpoint": "https://up.example.org/mcp"}', NULL, NULL, NULL, '2026-11-21 23:08:19.520074+00', '2026-11-21 23:08:19.520074+00'),
	('44444444-0000-4000-8000-000000000001', 2, '33333333-0000-4000-8000-000000000001', 'mcp-server', 'item 1', 'up/1', NULL, NULL, '{"stars": 1.5}', NULL, NULL, NULL, '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00'),
	('44444444-0000-4000-8000-000000000002', 3, '33333333-0000-4000-8000-000000000001', 'skill-bundle', 'item 2', 'up/2', NULL, NULL, NULL, NULL, NULL, 'unreadable — 壊れた', '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00');


--
-- Data for Name: third_party_sources; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.third_party_sources OVERRIDING SYSTEM VALUE VALUES
	('b1095c6f-5616-4b89-b0a6-f798b3a45993', 1, 'Uploads', 'manual-upload', NULL, NULL, NULL, 'scheduled', 3600, NULL, NULL, NULL, false, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, '2026-11-21 23:08:19.520074+00', '2026-11-21 23:08:19.520074+00'),
	('33333333-0000-4000-8000-000000000001', 2, 'Edge source ✓', 'git-repository', 'https://git.example.org/skills.git', 'a/b', 'refs/heads/main', 'scheduled', 300, 'Notes — ünïcode', 'ann', '2026-11-20 08:00:00+00', true, '2999-01-01 00:00:00+00', '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00', 3, 'FETCH_FAILED', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'c0000000-0000-4000-8000-000000000005', '2026-11-20 08:00:00+00', '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00');


--
-- Data for Name: token_usage; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.token_usage VALUES
	('edge-fleet', 'anthropic/claude', '2026-11-19', 9223372036854775807, 0, 0.000001, '2026-11-20 08:00:00+00', '0e0e0e0e-0000-4000-8000-000000000001'),
	('gone', 'openai/模型', '2026-11-19', 0, 1, 0.000000, '2026-11-20 08:00:00+00', '');


--
-- Data for Name: write_intents; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.write_intents OVERRIDING SYSTEM VALUE VALUES
	('b384735c-c7e1-41b5-94a3-ee31b4794361', 'ClusterTenant', '', 'corp', 'create', '{"kind": "ClusterTenant", "spec": {"displayName": "Corp — Gesellschaft m. b. H.", "isolationTier": "shared"}, "metadata": {"name": "corp"}, "apiVersion": "opencrane.io/v1alpha1"}', NULL, NULL, 'static-token', '3502b1ece4aff330fb1ab550639cfaa1', 'createClusterTenant', NULL, 'f33b55bf7fbdee8bdedd138e2b77cb103eaccb44c145a1fcb60e195b0550e7b0', 'applied', 1, '2026-11-21 23:08:39.327807+00', NULL, 201, '{"name": "corp", "status": {"phase": "pending"}, "compute": {"mode": "shared"}, "createdAt": "2026-11-21T23:08:19.000Z", "resources": {"quota": {}}, "displayName": "Corp — Gesellschaft m. b. H.", "isolationTier": "shared"}', 5, '2026-11-21 23:08:19.327807+00', '2026-11-21 23:08:19.389586+00', '2026-11-21 23:08:19.389586+00', 1, NULL, '5a59d31b-78f6-4bfc-b71e-f3fa2aa54098.1.34', '/api/v1/cluster-tenants/corp'),
	('09dc52a2-476d-442b-90be-c829055be6d9', 'AccessPolicy', 'crane', 'base', 'create', '{"kind": "AccessPolicy", "spec": {"domains": {"allow": ["*.example.org"], "defaultDeny": true}, "description": "What all may."}, "metadata": {"name": "base", "namespace": "crane"}, "apiVersion": "opencrane.io/v1alpha1"}', NULL, NULL, 'static-token', 'b09c2a4cd413f186eeb392ef65bcadea', 'createPolicy', NULL, '10e5e3394b160e97d2e61da014d8335153ed95c3978a17eebcd19fdb39662f97', 'applied', 1, '2026-11-21 23:08:39.406561+00', NULL, 201, '{"name": "base", "status": "created"}', 6, '2026-11-21 23:08:19.406561+00', '2026-11-21 23:08:19.421542+00', '2026-11-21 23:08:19.421542+00', 2, NULL, '878aef14-cc2d-42ae-b5f3-d2510ef14693.1.35', '/api/v1/policies/base'),
	('5f7aa522-4aff-4a61-8f5c-779845057a43', 'Tenant', 'crane', 'mia', 'create', '{"kind": "Tenant", "spec": {"team": "ops", "email": "mia@corp.example", "displayName": "Mia"}, "metadata": {"name": "mia", "namespace": "crane"}, "apiVersion": "opencrane.io/v1alpha1"}', NULL, NULL, 'static-token', 'ab03ecc1ffddd6dc000892e26489c875', 'createTenant', NULL, '934d5116b48cab7fe97b429eb1bfcaa36309e2b9297e3be43fbb525d811c59d4', 'applied', 1, '2026-11-21 23:08:39.428193+00', NULL, 201, '{"name": "mia", "status": "created"}', 7, '2026-11-21 23:08:19.428193+00', '2026-11-21 23:08:19.432855+00', '2026-11-21 23:08:19.432855+00', 3, NULL, 'd0264ca0-ab5f-4fa1-8274-b49bce838f94.1.36', '/api/v1/tenants/mia'),
	('d4dabb79-b727-42c8-b30f-2f87a14f2557', 'Tenant', 'crane', 'leo', 'create', '{"kind": "Tenant", "spec": {"email": "Leo@corp.example", "policyRef": "base", "displayName": "Leo 🦁 \"der Löwe\"", "clusterTenantRef": "corp"}, "metadata": {"name": "leo", "namespace": "crane"}, "apiVersion": "opencrane.io/v1alpha1"}', NULL, NULL, 'static-token', '4568e0fca0b66cdef444c2f220e0b9f6', 'createTenant', NULL, '0663a10ec6d63d831553157a3fe719bc362f0ccdfee0088a259dd061bcdd708a', 'applied', 1, '2026-11-21 23:08:39.44226+00', NULL, 201, '{"name": "leo", "status": "created"}', 8, '2026-11-21 23:08:19.44226+00', '2026-11-21 23:08:19.449247+00', '2026-11-21 23:08:19.449247+00', 4, NULL, '31403bc2-1f2a-4d13-85dc-e99e00fcf8b7.1.37', '/api/v1/tenants/leo'),
	('cb740ce9-48c2-44e2-ad34-e4253d3c757c', 'Tenant', 'crane', 'leo', 'suspend', '{"spec": {"suspended": true}}', '31403bc2-1f2a-4d13-85dc-e99e00fcf8b7', NULL, 'static-token', '0800429fe8f4a1f875c3a03025eec605', 'suspendTenant', NULL, 'e085090d0f671790a71a5ec70c7a1ccad830810656ef59a95aa5ddd1bb76e919', 'applied', 1, '2026-11-21 23:08:39.464953+00', NULL, 200, '{"name": "leo", "status": "suspended"}', 9, '2026-11-21 23:08:19.464953+00', '2026-11-21 23:08:19.468865+00', '2026-11-21 23:08:19.468865+00', 5, NULL, '31403bc2-1f2a-4d13-85dc-e99e00fcf8b7.2.40', NULL),
	('9773a63b-1330-401c-9162-c7fdffe11118', 'Tenant', 'crane', 'mia', 'create', '{"kind": "Tenant", "spec": {"team": "ops", "email": "mia@corp.example", "displayName": "Mia"}, "metadata": {"name": "mia", "namespace": "crane"}, "apiVersion": "opencrane.io/v1alpha1"}', NULL, NULL, 'static-token', 'd0f9c2449c74d4b580c68d7734e3f8d4', 'createTenant', NULL, '934d5116b48cab7fe97b429eb1bfcaa36309e2b9297e3be43fbb525d811c59d4', 'failed', 1, '2026-11-21 23:08:39.601766+00', NULL, 409, '{"code": "TENANT_ALREADY_EXISTS", "message": "There is already a tenant named mia."}', 29, '2026-11-21 23:08:19.601766+00', '2026-11-21 23:08:19.607689+00', '2026-11-21 23:08:19.607689+00', 7, NULL, NULL, NULL),
	('0f0f0f0f-0000-4000-8000-000000000003', 'ClusterTenant', '', 'edge-corp', 'delete', '{}', '0c0c0c0c-0000-4000-8000-000000000001', '1', 'static-token', 'req-3', 'deleteClusterTenant', 'key-3', 'd3', 'failed', 3, '2999-01-01 00:00:00+00', 'gone', 409, '{"code": "CONFLICT"}', 1, '2026-11-20 08:00:00+00', '2026-11-20 08:00:01+00', '2026-11-20 08:05:00+00', 10, 1, NULL, NULL),
	('0f0f0f0f-0000-4000-8000-000000000004', 'AccessPolicy', 'crane', 'edge-policy', 'create', '{"description": ""}', '', '', 'static-token', 'req-4', 'createPolicy', 'key-4', 'd4', 'applied', 1, '2999-01-01 00:00:00+00', NULL, 201, '{"name": "edge-policy"}', 1, '2026-11-20 08:00:00+00', '2026-11-20 08:00:01+00', '2026-11-20 08:00:02+00', 11, 1, '"1"', '/api/v1/policies/edge-policy'),
	('0f0f0f0f-0000-4000-8000-000000000002', 'Tenant', 'crane', 'edge-fleet', 'update', '{"spec": {"team": null}}', '0e0e0e0e-0000-4000-8000-000000000001', '12345678901234567890', 'static-token', 'req-2', 'updateTenant', NULL, NULL, 'open', 17, '2999-01-01 00:00:00+00', 'KubernetesError: 503 — später', NULL, NULL, 1, '2026-11-20 08:00:00+00', '2026-11-20 08:00:01+00', NULL, 9, 7, '"7"', NULL),
	('0f0f0f0f-0000-4000-8000-000000000001', 'Tenant', 'crane', 'pending-one', 'create', '{"email": "p@corp.example", "displayName": "Pending ✓"}', NULL, NULL, 'static-token', 'req-1', 'createTenant', 'key-1', 'd1', 'open', 1, '2999-01-01 00:00:00+00', NULL, NULL, NULL, 1, '2026-11-20 08:00:00+00', '2026-11-20 08:00:01+00', NULL, 8, NULL, NULL, NULL),
	('ddeac97e-360b-485f-97a3-e7757f9978f8', 'Tenant', 'crane', 'promised', 'create', '{"kind": "Tenant", "spec": {"email": "promised@corp.example", "displayName": "Promised ✓"}, "metadata": {"name": "promised", "namespace": "crane"}, "apiVersion": "opencrane.io/v1alpha1"}', NULL, NULL, 'static-token', 'promised', 'createTenant', NULL, 'promised', 'open', 1, '2999-01-01 00:00:00+00', NULL, NULL, NULL, 28, '2026-11-21 23:08:19.599355+00', '2026-11-21 23:08:19.599355+00', NULL, 6, NULL, NULL, NULL);


--
-- Name: access_tokens_number_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.access_tokens_number_seq', 2, true);


--
-- Name: api_keys_number_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.api_keys_number_seq', 2, true);


--
-- Name: audit_entries_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.audit_entries_id_seq', 33, true);


--
-- Name: audit_unsealed_number_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.audit_unsealed_number_seq', 39, true);


--
-- Name: bootstrap_log_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.bootstrap_log_id_seq', 2, true);


--
-- Name: grants_number_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.grants_number_seq', 3, true);


--
-- Name: groups_number_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.groups_number_seq', 1, true);


--
-- Name: mcp_server_credentials_number_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.mcp_server_credentials_number_seq', 2, true);


--
-- Name: mcp_servers_number_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.mcp_servers_number_seq', 1, true);


--
-- Name: model_keys_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.model_keys_id_seq', 2, true);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.outbox_id_seq', 5, true);


--
-- Name: provisioning_log_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.provisioning_log_id_seq', 2, true);


--
-- Name: server_snapshots_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.server_snapshots_id_seq', 1, true);


--
-- Name: sessions_number_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sessions_number_seq', 2, true);


--
-- Name: skill_bundles_number_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.skill_bundles_number_seq', 4, true);


--
-- Name: skill_promotions_number_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.skill_promotions_number_seq', 2, true);


--
-- Name: third_party_source_items_number_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.third_party_source_items_number_seq', 3, true);


--
-- Name: third_party_sources_number_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.third_party_sources_number_seq', 2, true);


--
-- Name: write_intents_sequence_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.write_intents_sequence_seq', 11, true);


--
-- Name: access_policies access_policies_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.access_policies
    ADD CONSTRAINT access_policies_pkey PRIMARY KEY (namespace, name);


--
-- Name: access_tokens access_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_pkey PRIMARY KEY (id);


--
-- Name: access_tokens access_tokens_secret_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_secret_hash_key UNIQUE (secret_hash);


--
-- Name: agents agents_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_pkey PRIMARY KEY (id);


--
-- Name: ai_budgets ai_budgets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ai_budgets
    ADD CONSTRAINT ai_budgets_pkey PRIMARY KEY (scope, name);


--
-- Name: ai_spend ai_spend_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ai_spend
    ADD CONSTRAINT ai_spend_pkey PRIMARY KEY (scope, name);


--
-- Name: api_keys api_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);


--
-- Name: audit_anchors audit_anchors_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_anchors
    ADD CONSTRAINT audit_anchors_pkey PRIMARY KEY (sequence);


--
-- Name: audit_chain audit_chain_entry_id_part_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_chain
    ADD CONSTRAINT audit_chain_entry_id_part_key UNIQUE (entry_id, part);


--
-- Name: audit_chain audit_chain_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_chain
    ADD CONSTRAINT audit_chain_pkey PRIMARY KEY (sequence);


--
-- Name: audit_entries audit_entries_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (id);


--
-- Name: audit_unsealed audit_unsealed_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_unsealed
    ADD CONSTRAINT audit_unsealed_pkey PRIMARY KEY (number);


--
-- Name: awareness_rollout awareness_rollout_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.awareness_rollout
    ADD CONSTRAINT awareness_rollout_pkey PRIMARY KEY (is_only);


--
-- Name: background_leases background_leases_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.background_leases
    ADD CONSTRAINT background_leases_pkey PRIMARY KEY (name);


--
-- Name: bootstrap_log bootstrap_log_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bootstrap_log
    ADD CONSTRAINT bootstrap_log_pkey PRIMARY KEY (id);


--
-- Name: bootstrap_log bootstrap_log_uid_credential_hash_seq_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bootstrap_log
    ADD CONSTRAINT bootstrap_log_uid_credential_hash_seq_key UNIQUE (uid, credential_hash, seq);


--
-- Name: cluster_tenants cluster_tenants_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.cluster_tenants
    ADD CONSTRAINT cluster_tenants_pkey PRIMARY KEY (namespace, name);


--
-- Name: datasets datasets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.datasets
    ADD CONSTRAINT datasets_pkey PRIMARY KEY (name);


--
-- Name: departed_tenants departed_tenants_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.departed_tenants
    ADD CONSTRAINT departed_tenants_pkey PRIMARY KEY (uid);


--
-- Name: device_grants device_grants_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.device_grants
    ADD CONSTRAINT device_grants_pkey PRIMARY KEY (device_hash);


--
-- Name: device_grants device_grants_user_code_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.device_grants
    ADD CONSTRAINT device_grants_user_code_key UNIQUE (user_code);


--
-- Name: drift_alert drift_alert_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.drift_alert
    ADD CONSTRAINT drift_alert_pkey PRIMARY KEY (id);


--
-- Name: drift_evaluations drift_evaluations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.drift_evaluations
    ADD CONSTRAINT drift_evaluations_pkey PRIMARY KEY (kind);


--
-- Name: fleet_claims fleet_claims_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.fleet_claims
    ADD CONSTRAINT fleet_claims_pkey PRIMARY KEY (organization);


--
-- Name: grants grants_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_pkey PRIMARY KEY (id);


--
-- Name: group_members group_members_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.group_members
    ADD CONSTRAINT group_members_pkey PRIMARY KEY (group_id, member);


--
-- Name: groups groups_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_name_key UNIQUE (name);


--
-- Name: groups groups_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_pkey PRIMARY KEY (id);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (principal, operation_id, key);


--
-- Name: installation_keys installation_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.installation_keys
    ADD CONSTRAINT installation_keys_pkey PRIMARY KEY (name);


--
-- Name: instance_applied_settings instance_applied_settings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.instance_applied_settings
    ADD CONSTRAINT instance_applied_settings_pkey PRIMARY KEY (instance_id);


--
-- Name: instance_log_lines instance_log_lines_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.instance_log_lines
    ADD CONSTRAINT instance_log_lines_pkey PRIMARY KEY (uid, seq);


--
-- Name: instance_log_lines instance_log_lines_source_line_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.instance_log_lines
    ADD CONSTRAINT instance_log_lines_source_line_id_key UNIQUE (source, line_id);


--
-- Name: instance_usage_cursors instance_usage_cursors_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.instance_usage_cursors
    ADD CONSTRAINT instance_usage_cursors_pkey PRIMARY KEY (instance_id);


--
-- Name: instance_usage_daily instance_usage_daily_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.instance_usage_daily
    ADD CONSTRAINT instance_usage_daily_pkey PRIMARY KEY (instance_id, day, machine);


--
-- Name: instance_usage_people instance_usage_people_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.instance_usage_people
    ADD CONSTRAINT instance_usage_people_pkey PRIMARY KEY (instance_id, day, person);


--
-- Name: instances instances_idempotency; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.instances
    ADD CONSTRAINT instances_idempotency UNIQUE (organization, idempotency_key);


--
-- Name: instances instances_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.instances
    ADD CONSTRAINT instances_pkey PRIMARY KEY (id);


--
-- Name: login_attempts login_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.login_attempts
    ADD CONSTRAINT login_attempts_pkey PRIMARY KEY (state_hash);


--
-- Name: mcp_server_credentials mcp_server_credentials_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mcp_server_credentials
    ADD CONSTRAINT mcp_server_credentials_pkey PRIMARY KEY (id);


--
-- Name: mcp_servers mcp_servers_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mcp_servers
    ADD CONSTRAINT mcp_servers_name_key UNIQUE (name);


--
-- Name: mcp_servers mcp_servers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mcp_servers
    ADD CONSTRAINT mcp_servers_pkey PRIMARY KEY (id);


--
-- Name: model_key_revocations model_key_revocations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.model_key_revocations
    ADD CONSTRAINT model_key_revocations_pkey PRIMARY KEY (audit_id);


--
-- Name: model_key_state model_key_state_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.model_key_state
    ADD CONSTRAINT model_key_state_pkey PRIMARY KEY (tenant);


--
-- Name: model_keys model_keys_key_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.model_keys
    ADD CONSTRAINT model_keys_key_hash_key UNIQUE (key_hash);


--
-- Name: model_keys model_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.model_keys
    ADD CONSTRAINT model_keys_pkey PRIMARY KEY (id);


--
-- Name: model_proxy_leases model_proxy_leases_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.model_proxy_leases
    ADD CONSTRAINT model_proxy_leases_pkey PRIMARY KEY (name);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: participation_events participation_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participation_events
    ADD CONSTRAINT participation_events_pkey PRIMARY KEY (tenant_uid, event_id);


--
-- Name: participation participation_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.participation
    ADD CONSTRAINT participation_pkey PRIMARY KEY (tenant_uid);


--
-- Name: person_logins person_logins_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.person_logins
    ADD CONSTRAINT person_logins_pkey PRIMARY KEY (person);


--
-- Name: provider_keys provider_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.provider_keys
    ADD CONSTRAINT provider_keys_pkey PRIMARY KEY (provider);


--
-- Name: provisioning_log provisioning_log_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.provisioning_log
    ADD CONSTRAINT provisioning_log_pkey PRIMARY KEY (id);


--
-- Name: provisioning_log provisioning_log_uid_run_step_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.provisioning_log
    ADD CONSTRAINT provisioning_log_uid_run_step_key UNIQUE (uid, run, step);


--
-- Name: retrieval_services retrieval_services_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.retrieval_services
    ADD CONSTRAINT retrieval_services_pkey PRIMARY KEY (is_only);


--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (number);


--
-- Name: server_snapshots server_snapshots_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.server_snapshots
    ADD CONSTRAINT server_snapshots_pkey PRIMARY KEY (id);


--
-- Name: session_scopes session_scopes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session_scopes
    ADD CONSTRAINT session_scopes_pkey PRIMARY KEY (principal, session_key);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id_hash);


--
-- Name: skill_bundles skill_bundles_name_version_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.skill_bundles
    ADD CONSTRAINT skill_bundles_name_version_key UNIQUE (name, version);


--
-- Name: skill_bundles skill_bundles_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.skill_bundles
    ADD CONSTRAINT skill_bundles_pkey PRIMARY KEY (id);


--
-- Name: skill_contents skill_contents_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.skill_contents
    ADD CONSTRAINT skill_contents_pkey PRIMARY KEY (digest);


--
-- Name: skill_promotions skill_promotions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.skill_promotions
    ADD CONSTRAINT skill_promotions_pkey PRIMARY KEY (id);


--
-- Name: skill_pushes skill_pushes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.skill_pushes
    ADD CONSTRAINT skill_pushes_pkey PRIMARY KEY (digest);


--
-- Name: tenant_datasets tenant_datasets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tenant_datasets
    ADD CONSTRAINT tenant_datasets_pkey PRIMARY KEY (tenant_uid, level, dataset);


--
-- Name: tenant_identities tenant_identities_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tenant_identities
    ADD CONSTRAINT tenant_identities_pkey PRIMARY KEY (tenant_uid);


--
-- Name: tenant_waves tenant_waves_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tenant_waves
    ADD CONSTRAINT tenant_waves_pkey PRIMARY KEY (tenant_uid);


--
-- Name: tenants tenants_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (namespace, name);


--
-- Name: third_party_source_items third_party_source_items_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.third_party_source_items
    ADD CONSTRAINT third_party_source_items_pkey PRIMARY KEY (id);


--
-- Name: third_party_source_items third_party_source_items_source_id_kind_upstream_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.third_party_source_items
    ADD CONSTRAINT third_party_source_items_source_id_kind_upstream_id_key UNIQUE (source_id, kind, upstream_id);


--
-- Name: third_party_sources third_party_sources_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.third_party_sources
    ADD CONSTRAINT third_party_sources_name_key UNIQUE (name);


--
-- Name: third_party_sources third_party_sources_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.third_party_sources
    ADD CONSTRAINT third_party_sources_pkey PRIMARY KEY (id);


--
-- Name: token_usage token_usage_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token_usage
    ADD CONSTRAINT token_usage_pkey PRIMARY KEY (tenant, model, day, tenant_uid);


--
-- Name: write_intents write_intents_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.write_intents
    ADD CONSTRAINT write_intents_pkey PRIMARY KEY (id);


--
-- Name: access_policies_in_order; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX access_policies_in_order ON public.access_policies USING btree (namespace, name COLLATE "C");


--
-- Name: access_policies_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX access_policies_listing ON public.access_policies USING btree (created_at, namespace, name) WHERE (deleted_at IS NULL);


--
-- Name: access_tokens_by_maker; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX access_tokens_by_maker ON public.access_tokens USING btree (maker);


--
-- Name: access_tokens_by_owner; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX access_tokens_by_owner ON public.access_tokens USING btree (owner, number);


--
-- Name: access_tokens_by_parent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX access_tokens_by_parent ON public.access_tokens USING btree (parent_id) WHERE (parent_id IS NOT NULL);


--
-- Name: access_tokens_ending; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX access_tokens_ending ON public.access_tokens USING btree (expires_at);


--
-- Name: access_tokens_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX access_tokens_listing ON public.access_tokens USING btree (number);


--
-- Name: agents_by_board; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX agents_by_board ON public.agents USING btree (board_id, created_at DESC) WHERE (status <> 'deleted'::text);


--
-- Name: agents_by_change; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX agents_by_change ON public.agents USING btree (updated_at);


--
-- Name: agents_by_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX agents_by_key ON public.agents USING btree (gateway_id, agent_key);


--
-- Name: agents_by_name; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX agents_by_name ON public.agents USING btree (gateway_id, lower(name)) WHERE (status <> 'deleted'::text);


--
-- Name: agents_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX agents_due ON public.agents USING btree (next_attempt_at) WHERE (next_attempt_at IS NOT NULL);


--
-- Name: agents_gone; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX agents_gone ON public.agents USING btree (deleted_at) WHERE (status = 'deleted'::text);


--
-- Name: agents_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX agents_listing ON public.agents USING btree (created_at, id) WHERE (status <> 'deleted'::text);


--
-- Name: agents_watched; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX agents_watched ON public.agents USING btree (updated_at) WHERE (status <> 'deleted'::text);


--
-- Name: api_keys_by_organization; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX api_keys_by_organization ON public.api_keys USING btree (organization, number);


--
-- Name: api_keys_by_parent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX api_keys_by_parent ON public.api_keys USING btree (parent_id) WHERE (parent_id IS NOT NULL);


--
-- Name: api_keys_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX api_keys_listing ON public.api_keys USING btree (number);


--
-- Name: audit_entries_by_actor; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_entries_by_actor ON public.audit_entries USING btree (actor, at, id);


--
-- Name: audit_entries_by_resource; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_entries_by_resource ON public.audit_entries USING btree (resource, at, id);


--
-- Name: audit_entries_by_tenant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_entries_by_tenant ON public.audit_entries USING btree (tenant, at, id) WHERE (tenant IS NOT NULL);


--
-- Name: audit_entries_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_entries_listing ON public.audit_entries USING btree (at, id);


--
-- Name: bootstrap_log_reading; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX bootstrap_log_reading ON public.bootstrap_log USING btree (uid, id);


--
-- Name: cluster_tenants_in_order; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX cluster_tenants_in_order ON public.cluster_tenants USING btree (namespace, name COLLATE "C");


--
-- Name: cluster_tenants_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX cluster_tenants_listing ON public.cluster_tenants USING btree (created_at, namespace, name) WHERE (deleted_at IS NULL);


--
-- Name: datasets_of_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX datasets_of_customer ON public.datasets USING btree (customer_uid);


--
-- Name: departed_tenants_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX departed_tenants_by_time ON public.departed_tenants USING btree (noticed_at);


--
-- Name: device_grants_ending; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX device_grants_ending ON public.device_grants USING btree (expires_at);


--
-- Name: grants_by_group; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX grants_by_group ON public.grants USING btree (group_id) WHERE (group_id IS NOT NULL);


--
-- Name: grants_by_mcp_server; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX grants_by_mcp_server ON public.grants USING btree (mcp_server_id) WHERE (mcp_server_id IS NOT NULL);


--
-- Name: grants_by_payload; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX grants_by_payload ON public.grants USING btree (payload_type, payload_id);


--
-- Name: grants_by_skill_bundle; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX grants_by_skill_bundle ON public.grants USING btree (skill_bundle_id) WHERE (skill_bundle_id IS NOT NULL);


--
-- Name: grants_by_subject; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX grants_by_subject ON public.grants USING btree (subject_type, subject_id, payload_type);


--
-- Name: grants_by_subject_group; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX grants_by_subject_group ON public.grants USING btree (subject_group_id) WHERE (subject_group_id IS NOT NULL);


--
-- Name: group_members_by_member; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX group_members_by_member ON public.group_members USING btree (member);


--
-- Name: groups_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX groups_listing ON public.groups USING btree (number);


--
-- Name: idempotency_keys_expiry; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idempotency_keys_expiry ON public.idempotency_keys USING btree (expires_at);


--
-- Name: instance_usage_cursors_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX instance_usage_cursors_due ON public.instance_usage_cursors USING btree (due_at, instance_id);


--
-- Name: instance_usage_daily_by_day; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX instance_usage_daily_by_day ON public.instance_usage_daily USING btree (day);


--
-- Name: instance_usage_people_by_day; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX instance_usage_people_by_day ON public.instance_usage_people USING btree (day);


--
-- Name: instances_by_organization; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX instances_by_organization ON public.instances USING btree (organization) WHERE (deleted_at IS NULL);


--
-- Name: instances_by_tenant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX instances_by_tenant ON public.instances USING btree (tenant_uid) WHERE (tenant_uid IS NOT NULL);


--
-- Name: instances_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX instances_due ON public.instances USING btree (due_at) WHERE (due_at IS NOT NULL);


--
-- Name: instances_ended; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX instances_ended ON public.instances USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);


--
-- Name: instances_hostname; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX instances_hostname ON public.instances USING btree (namespace, hostname) WHERE (deleted_at IS NULL);


--
-- Name: instances_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX instances_listing ON public.instances USING btree (organization, created_at, id);


--
-- Name: login_attempts_ending; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX login_attempts_ending ON public.login_attempts USING btree (expires_at);


--
-- Name: mcp_server_credentials_by_server; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX mcp_server_credentials_by_server ON public.mcp_server_credentials USING btree (mcp_server_id, number);


--
-- Name: mcp_servers_by_source; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX mcp_servers_by_source ON public.mcp_servers USING btree (source_id) WHERE (source_id IS NOT NULL);


--
-- Name: mcp_servers_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX mcp_servers_listing ON public.mcp_servers USING btree (number);


--
-- Name: model_key_revocations_by_tenant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX model_key_revocations_by_tenant ON public.model_key_revocations USING btree (tenant);


--
-- Name: model_key_state_checks; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX model_key_state_checks ON public.model_key_state USING btree (checked_at);


--
-- Name: model_keys_by_tenant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX model_keys_by_tenant ON public.model_keys USING btree (tenant, id DESC);


--
-- Name: model_keys_ended; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX model_keys_ended ON public.model_keys USING btree (revoked_at) WHERE (revoked_at IS NOT NULL);


--
-- Name: outbox_dead; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX outbox_dead ON public.outbox USING btree (died_at) WHERE (died_at IS NOT NULL);


--
-- Name: outbox_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX outbox_due ON public.outbox USING btree (next_attempt_at, id) WHERE (died_at IS NULL);


--
-- Name: outbox_order; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX outbox_order ON public.outbox USING btree (topic, key, id) WHERE (died_at IS NULL);


--
-- Name: participation_events_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX participation_events_by_time ON public.participation_events USING btree (recorded_at);


--
-- Name: participation_events_violations; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX participation_events_violations ON public.participation_events USING btree (tenant_uid, occurred_at) WHERE (policy_violations > 0);


--
-- Name: provisioning_log_reading; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX provisioning_log_reading ON public.provisioning_log USING btree (uid, id);


--
-- Name: server_snapshots_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX server_snapshots_by_time ON public.server_snapshots USING btree (sampled_at DESC, id DESC);


--
-- Name: session_scopes_by_key; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX session_scopes_by_key ON public.session_scopes USING btree (session_key, principal);


--
-- Name: session_scopes_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX session_scopes_by_time ON public.session_scopes USING btree (updated_at);


--
-- Name: sessions_by_person; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_by_person ON public.sessions USING btree (issuer, subject, number);


--
-- Name: sessions_ending; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_ending ON public.sessions USING btree (expires_at);


--
-- Name: sessions_idle; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_idle ON public.sessions USING btree (seen_at);


--
-- Name: skill_bundles_by_digest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX skill_bundles_by_digest ON public.skill_bundles USING btree (digest) WHERE (digest IS NOT NULL);


--
-- Name: skill_bundles_by_source; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX skill_bundles_by_source ON public.skill_bundles USING btree (source_id) WHERE (source_id IS NOT NULL);


--
-- Name: skill_bundles_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX skill_bundles_listing ON public.skill_bundles USING btree (number);


--
-- Name: skill_contents_by_use; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX skill_contents_by_use ON public.skill_contents USING btree (used_at);


--
-- Name: skill_promotions_by_bundle; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX skill_promotions_by_bundle ON public.skill_promotions USING btree (skill_bundle_id, number);


--
-- Name: skill_pushes_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX skill_pushes_due ON public.skill_pushes USING btree (next_attempt_at) WHERE (state = 'pending'::text);


--
-- Name: tenants_by_board; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tenants_by_board ON public.tenants USING btree (((md5(('opencrane-board:'::text || uid)))::uuid)) WHERE (deleted_at IS NULL);


--
-- Name: tenants_by_cluster_tenant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tenants_by_cluster_tenant ON public.tenants USING btree (cluster_tenant_ref, created_at, namespace, name) WHERE (deleted_at IS NULL);


--
-- Name: tenants_by_email; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tenants_by_email ON public.tenants USING btree (lower(email)) WHERE (deleted_at IS NULL);


--
-- Name: tenants_by_external_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tenants_by_external_id ON public.tenants USING btree ((((spec -> 'fleet'::text) ->> 'externalId'::text))) WHERE ((deleted_at IS NULL) AND ((spec -> 'fleet'::text) IS NOT NULL));


--
-- Name: tenants_by_organization; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tenants_by_organization ON public.tenants USING btree ((((spec -> 'fleet'::text) ->> 'organization'::text)), created_at) WHERE ((deleted_at IS NULL) AND ((spec -> 'fleet'::text) IS NOT NULL));


--
-- Name: tenants_by_team; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tenants_by_team ON public.tenants USING btree (team, created_at, namespace, name) WHERE (deleted_at IS NULL);


--
-- Name: tenants_by_uid; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tenants_by_uid ON public.tenants USING btree (uid) WHERE (deleted_at IS NULL);


--
-- Name: tenants_in_order; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tenants_in_order ON public.tenants USING btree (namespace, name COLLATE "C");


--
-- Name: tenants_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tenants_listing ON public.tenants USING btree (created_at, namespace, name) WHERE (deleted_at IS NULL);


--
-- Name: tenants_tombstones; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tenants_tombstones ON public.tenants USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);


--
-- Name: tenants_with_machines; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tenants_with_machines ON public.tenants USING btree (created_at, namespace, name) WHERE ((deleted_at IS NULL) AND (uid <> ''::text) AND (((spec -> 'runtime'::text) ->> 'type'::text) = 'VirtualMachine'::text));


--
-- Name: third_party_source_items_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX third_party_source_items_listing ON public.third_party_source_items USING btree (source_id, number);


--
-- Name: third_party_sources_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX third_party_sources_due ON public.third_party_sources USING btree (next_run_at) WHERE (approved_at IS NOT NULL);


--
-- Name: third_party_sources_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX third_party_sources_listing ON public.third_party_sources USING btree (number);


--
-- Name: token_usage_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX token_usage_listing ON public.token_usage USING btree (day DESC, tenant, model);


--
-- Name: write_intents_closed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX write_intents_closed ON public.write_intents USING btree (closed_at) WHERE (state <> 'open'::text);


--
-- Name: write_intents_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX write_intents_due ON public.write_intents USING btree (next_attempt_at) WHERE (state = 'open'::text);


--
-- Name: write_intents_idempotency; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX write_intents_idempotency ON public.write_intents USING btree (actor, operation_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);


--
-- Name: write_intents_open_objects; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX write_intents_open_objects ON public.write_intents USING btree (kind, namespace, name, sequence) WHERE (state = 'open'::text);


--
-- Name: write_intents_sequence; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX write_intents_sequence ON public.write_intents USING btree (sequence);


--
-- Name: access_policies access_policies_announced; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER access_policies_announced AFTER UPDATE ON public.access_policies FOR EACH ROW WHEN (((new.spec IS DISTINCT FROM old.spec) OR (new.deleted_at IS DISTINCT FROM old.deleted_at))) EXECUTE FUNCTION public.retrieval_policy_changed();


--
-- Name: access_policies access_policies_announced_new; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER access_policies_announced_new AFTER INSERT ON public.access_policies FOR EACH ROW EXECUTE FUNCTION public.retrieval_policy_changed();


--
-- Name: audit_anchors audit_anchors_append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER audit_anchors_append_only BEFORE DELETE OR UPDATE ON public.audit_anchors FOR EACH ROW EXECUTE FUNCTION public.audit_anchors_guard();


--
-- Name: audit_anchors audit_anchors_not_truncated; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER audit_anchors_not_truncated BEFORE TRUNCATE ON public.audit_anchors FOR EACH STATEMENT EXECUTE FUNCTION public.audit_anchors_guard();


--
-- Name: audit_chain audit_chain_append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER audit_chain_append_only BEFORE DELETE OR UPDATE ON public.audit_chain FOR EACH ROW EXECUTE FUNCTION public.audit_chain_guard();


--
-- Name: audit_chain audit_chain_not_truncated; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER audit_chain_not_truncated BEFORE TRUNCATE ON public.audit_chain FOR EACH STATEMENT EXECUTE FUNCTION public.audit_chain_guard();


--
-- Name: audit_entries audit_entries_append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER audit_entries_append_only BEFORE DELETE OR UPDATE ON public.audit_entries FOR EACH ROW EXECUTE FUNCTION public.audit_entries_guard();


--
-- Name: audit_entries audit_entries_inserted; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER audit_entries_inserted AFTER INSERT ON public.audit_entries REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.audit_entries_note();


--
-- Name: audit_entries audit_entries_not_truncated; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER audit_entries_not_truncated BEFORE TRUNCATE ON public.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION public.audit_entries_guard();


--
-- Name: audit_entries audit_entries_settled; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER audit_entries_settled AFTER UPDATE ON public.audit_entries REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.audit_entries_note();


--
-- Name: bootstrap_log bootstrap_log_append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER bootstrap_log_append_only BEFORE DELETE OR UPDATE ON public.bootstrap_log FOR EACH ROW EXECUTE FUNCTION public.bootstrap_log_guard();


--
-- Name: bootstrap_log bootstrap_log_not_truncated; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER bootstrap_log_not_truncated BEFORE TRUNCATE ON public.bootstrap_log FOR EACH STATEMENT EXECUTE FUNCTION public.bootstrap_log_guard();


--
-- Name: bootstrap_log bootstrap_log_numbered; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER bootstrap_log_numbered AFTER INSERT ON public.bootstrap_log FOR EACH ROW EXECUTE FUNCTION public.instance_log_number('1');


--
-- Name: grants grants_announced; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER grants_announced AFTER INSERT OR DELETE OR UPDATE ON public.grants FOR EACH ROW EXECUTE FUNCTION public.retrieval_grant_changed();


--
-- Name: group_members group_members_announced; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER group_members_announced AFTER INSERT OR DELETE ON public.group_members FOR EACH ROW EXECUTE FUNCTION public.retrieval_member_changed();


--
-- Name: instances instance_usage_cursor_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER instance_usage_cursor_insert AFTER INSERT ON public.instances FOR EACH ROW WHEN ((new.tenant_uid IS NOT NULL)) EXECUTE FUNCTION public.instance_usage_cursor_follow();


--
-- Name: instances instance_usage_cursor_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER instance_usage_cursor_update AFTER UPDATE OF tenant_uid, delete_requested_at, deleted_at ON public.instances FOR EACH ROW WHEN (((old.tenant_uid IS DISTINCT FROM new.tenant_uid) OR ((old.delete_requested_at IS NULL) <> (new.delete_requested_at IS NULL)) OR ((old.deleted_at IS NULL) <> (new.deleted_at IS NULL)))) EXECUTE FUNCTION public.instance_usage_cursor_follow();


--
-- Name: provisioning_log provisioning_log_append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER provisioning_log_append_only BEFORE DELETE OR UPDATE ON public.provisioning_log FOR EACH ROW EXECUTE FUNCTION public.provisioning_log_guard();


--
-- Name: provisioning_log provisioning_log_not_truncated; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER provisioning_log_not_truncated BEFORE TRUNCATE ON public.provisioning_log FOR EACH STATEMENT EXECUTE FUNCTION public.provisioning_log_guard();


--
-- Name: provisioning_log provisioning_log_numbered; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER provisioning_log_numbered AFTER INSERT ON public.provisioning_log FOR EACH ROW EXECUTE FUNCTION public.instance_log_number('0');


--
-- Name: tenants tenants_announced; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tenants_announced AFTER UPDATE ON public.tenants FOR EACH ROW WHEN (((new.team IS DISTINCT FROM old.team) OR (new.uid IS DISTINCT FROM old.uid) OR (new.policy_ref IS DISTINCT FROM old.policy_ref) OR (new.deleted_at IS DISTINCT FROM old.deleted_at))) EXECUTE FUNCTION public.retrieval_tenant_changed();


--
-- Name: tenants tenants_announced_new; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tenants_announced_new AFTER INSERT ON public.tenants FOR EACH ROW EXECUTE FUNCTION public.retrieval_tenant_changed();


--
-- Name: access_tokens access_tokens_parent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.access_tokens(id) ON DELETE CASCADE;


--
-- Name: api_keys api_keys_parent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.api_keys(id);


--
-- Name: grants grants_group_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.groups(id) ON DELETE CASCADE;


--
-- Name: grants grants_mcp_server_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_mcp_server_id_fkey FOREIGN KEY (mcp_server_id) REFERENCES public.mcp_servers(id) ON DELETE CASCADE;


--
-- Name: grants grants_skill_bundle_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_skill_bundle_id_fkey FOREIGN KEY (skill_bundle_id) REFERENCES public.skill_bundles(id) ON DELETE CASCADE;


--
-- Name: grants grants_subject_group_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_subject_group_id_fkey FOREIGN KEY (subject_group_id) REFERENCES public.groups(id) ON DELETE CASCADE;


--
-- Name: group_members group_members_group_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.group_members
    ADD CONSTRAINT group_members_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.groups(id) ON DELETE CASCADE;


--
-- Name: instance_applied_settings instance_applied_settings_instance_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.instance_applied_settings
    ADD CONSTRAINT instance_applied_settings_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES public.instances(id);


--
-- Name: instance_usage_cursors instance_usage_cursors_instance_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.instance_usage_cursors
    ADD CONSTRAINT instance_usage_cursors_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES public.instances(id);


--
-- Name: instance_usage_daily instance_usage_daily_instance_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.instance_usage_daily
    ADD CONSTRAINT instance_usage_daily_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES public.instances(id);


--
-- Name: instance_usage_people instance_usage_people_instance_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.instance_usage_people
    ADD CONSTRAINT instance_usage_people_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES public.instances(id);


--
-- Name: mcp_server_credentials mcp_server_credentials_mcp_server_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mcp_server_credentials
    ADD CONSTRAINT mcp_server_credentials_mcp_server_id_fkey FOREIGN KEY (mcp_server_id) REFERENCES public.mcp_servers(id) ON DELETE CASCADE;


--
-- Name: skill_bundles skill_bundles_source_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.skill_bundles
    ADD CONSTRAINT skill_bundles_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.third_party_sources(id) ON DELETE SET NULL;


--
-- Name: skill_promotions skill_promotions_skill_bundle_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.skill_promotions
    ADD CONSTRAINT skill_promotions_skill_bundle_id_fkey FOREIGN KEY (skill_bundle_id) REFERENCES public.skill_bundles(id) ON DELETE CASCADE;


--
-- Name: skill_pushes skill_pushes_digest_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.skill_pushes
    ADD CONSTRAINT skill_pushes_digest_fkey FOREIGN KEY (digest) REFERENCES public.skill_contents(digest) ON DELETE CASCADE;


--
-- Name: third_party_source_items third_party_source_items_bundle_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.third_party_source_items
    ADD CONSTRAINT third_party_source_items_bundle_id_fkey FOREIGN KEY (bundle_id) REFERENCES public.skill_bundles(id) ON DELETE SET NULL;


--
-- Name: third_party_source_items third_party_source_items_server_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.third_party_source_items
    ADD CONSTRAINT third_party_source_items_server_id_fkey FOREIGN KEY (server_id) REFERENCES public.mcp_servers(id) ON DELETE SET NULL;


--
-- Name: third_party_source_items third_party_source_items_source_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.third_party_source_items
    ADD CONSTRAINT third_party_source_items_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.third_party_sources(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--


