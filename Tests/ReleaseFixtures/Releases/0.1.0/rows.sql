-- Rows of tables that the REST API does not fill by itself, and values at the edge of what columns take. The release writer runs this after it
-- has driven the API, and dumps the database afterwards. Times are fixed, and what ends, ends in 2999.

insert into cluster_tenants (name, uid, resource_version, resource_version_seq, generation, labels, display_name, base_domain, isolation_tier,
    compute, resources, phase, message, bound_namespace, provisioner, spec, status, spec_hash, created_at, observed_at, deleted_at, cluster_uid)
values
    ('edge-corp', '0c0c0c0c-0000-4000-8000-000000000001', '18446744073709551615', 18446744073709551615, 9223372036854775807,
        '{"opencrane.io/team": "", "a/b": "c"}', E'Łódź — 東京 🚀 "quoted" \\ back\tslash', 'ai.edge-corp.example', 'dedicatedNodes',
        '{"mode": "dedicated", "nodePool": "p1"}', '{"quota": {"cpu": "8", "memory": "16Gi", "pods": 40}}', 'ready', null,
        'opencrane-edge-corp', 'shared', '{"displayName": "Łódź — 東京 🚀", "baseDomain": "ai.edge-corp.example", "isolationTier": "dedicatedNodes"}',
        '{"phase": "ready", "conditions": []}', repeat('a', 64), '2026-11-01 08:00:00+00', '2026-11-20 08:00:00.123456+00', null, 'cluster-1'),
    ('gone-corp', '0c0c0c0c-0000-4000-8000-000000000002', '', 0, null, '{}', '', null, 'shared', '{"mode": "shared"}', null, 'pending', '',
        null, null, '{}', null, '', '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', '2026-11-20 09:00:00+00', '');

insert into access_policies (namespace, name, uid, resource_version, resource_version_seq, generation, labels, description, tenant_selector, domains,
    egress_rules, mcp_servers, message, spec, status, spec_hash, created_at, observed_at, deleted_at, cluster_uid)
values
    ('crane', 'edge-policy', '0d0d0d0d-0000-4000-8000-000000000001', '77', 77, 3, '{}', repeat('Zeile mit Ümläuten. ', 500),
        '{"matchTeam": "ops", "matchLabels": {"k": "v"}}', '{"allow": ["*.example.org"], "deny": [], "defaultDeny": true}',
        '[{"cidr": "10.0.0.0/8", "ports": [443], "protocol": "TCP"}, {"cidr": "2001:db8::/32"}]', '{"allow": [], "deny": ["x"]}', 'fine',
        '{"description": "edge"}', '{"matchedTenants": 0}', repeat('b', 64), '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', null, 'cluster-1'),
    ('crane', 'bare-policy', '', '', 0, null, '{}', null, null, null, null, null, null, '{}', null, '', '2026-11-01 08:00:00+00',
        '2026-11-20 08:00:00+00', null, '');

insert into tenants (namespace, name, uid, resource_version, resource_version_seq, generation, labels, display_name, email, team, cluster_tenant_ref,
    policy_ref, is_suspended, phase, ingress_host, message, spec, status, spec_hash, created_at, observed_at, deleted_at, cluster_uid)
values
    ('crane', 'edge-fleet', '0e0e0e0e-0000-4000-8000-000000000001', '12345678901234567890', 12345678901234567890, 7, '{"team": "ops"}',
        'مرحبا — Fleet 🐦', 'Mia.O''Hara+fleet@corp.example', 'ops', 'edge-corp', 'edge-policy', false, 'Running', 'edge-fleet.ai.edge-corp.example',
        repeat('a long message, ', 1200),
        '{"displayName": "مرحبا — Fleet 🐦", "email": "Mia.O''Hara+fleet@corp.example", "team": "ops", "clusterTenantRef": "edge-corp", "policyRef": "edge-policy", "monthlyBudgetUsd": 0.000001, "runtime": {"type": "VirtualMachine", "machine": {"provider": "local"}}, "fleet": {"organization": "org_edge", "externalId": "ext-1", "plan": "team", "agents": [{"name": "qa", "role": "Tests"}]}}',
        '{"phase": "Running", "targetNamespace": "opencrane-edge-corp", "machine": {"provider": "local", "id": "m-1"}, "provisioning": {"run": 1, "steps": [{"name": "vm_create", "status": "succeeded", "attempt": 1}]}}',
        repeat('c', 64), '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', null, 'cluster-1'),
    ('crane', 'bare', '', '', 0, null, '{}', '', '', null, null, null, true, 'Pending', null, null, '{}', null, '', '2026-11-01 08:00:00+00',
        '2026-11-20 08:00:00+00', null, ''),
    ('crane', 'gone', '0e0e0e0e-0000-4000-8000-000000000002', '5', 5, 1, '{}', 'Gone', 'gone@corp.example', '', 'gone-corp', null, false, 'Terminating', '',
        '', '{"displayName": "Gone"}', '{}', '', '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', '2026-11-20 08:30:00+00', 'cluster-1');

insert into write_intents (id, kind, namespace, name, action, payload, object_uid, object_version, actor, request_id, operation_id, idempotency_key,
    request_digest, state, attempts, next_attempt_at, last_error, answer_status, answer_body, audit_id, created_at, updated_at, closed_at,
    object_generation, answer_tag, answer_location)
select ('0f0f0f0f-0000-4000-8000-00000000000' || line.number)::uuid, line.kind, line.namespace, line.name, line.action, line.payload::jsonb, line.uid,
    line.version, 'static-token', 'req-' || line.number, line.operation, line.key, line.digest, line.state, line.attempts, '2999-01-01 00:00:00+00',
    line.error, line.status, line.body::jsonb, 1, '2026-11-20 08:00:00+00', '2026-11-20 08:00:01+00', line.closed::timestamptz, line.generation,
    line.tag, line.location
from (values
    (1, 'Tenant', 'crane', 'pending-one', 'create', '{"displayName": "Pending ✓", "email": "p@corp.example"}', null, null, 'createTenant', 'key-1',
        'd1', 'open', 1, null, null, null, null, null::bigint, null, null),
    (2, 'Tenant', 'crane', 'edge-fleet', 'update', '{"spec": {"team": null}}', '0e0e0e0e-0000-4000-8000-000000000001', '12345678901234567890',
        'updateTenant', null, null, 'open', 17, 'KubernetesError: 503 — später', null, null, null, 7, '"7"', null),
    (3, 'ClusterTenant', '', 'edge-corp', 'delete', '{}', '0c0c0c0c-0000-4000-8000-000000000001', '1', 'deleteClusterTenant', 'key-3', 'd3', 'failed', 3,
        'gone', 409, '{"code": "CONFLICT"}', '2026-11-20 08:05:00+00', 1, null, null),
    (4, 'AccessPolicy', 'crane', 'edge-policy', 'create', '{"description": ""}', '', '', 'createPolicy', 'key-4', 'd4', 'applied', 1, null, 201,
        '{"name": "edge-policy"}', '2026-11-20 08:00:02+00', 1, '"1"', '/api/v1/policies/edge-policy')
) as line (number, kind, namespace, name, action, payload, uid, version, operation, key, digest, state, attempts, error, status, body, closed, generation,
    tag, location);

insert into audit_entries (at, actor, request_id, action, resource, tenant, message, outcome, before, after) values
    ('2026-11-20 08:00:00+00', 'static-token', 'req-1', 'Created', 'Tenant/pending-one', 'pending-one', 'Tenant pending-one is being created.', 'pending',
        null, '{"displayName": "Pending ✓"}'),
    ('2026-11-20 08:00:00.000001+00', 'user:Ångström@example.org', '', 'Updated', 'Group/東京', null, repeat('long message ', 1500), 'failed',
        '{"a": [1, 1.50, 1e300, null, true, "\\"]}', '{}'),
    ('1970-01-01 00:00:00+00', '', 'req-0', 'Deleted', '', '', '', 'succeeded', 'null', '[]');

insert into provisioning_log (uid, namespace, name, run, attempt, step, status, message, duration_ms, created_at) values
    ('0e0e0e0e-0000-4000-8000-000000000001', 'crane', 'edge-fleet', 1, 1, 'vm_create', 'complete', 'The machine is made — fertig.', 0, '2026-11-01 08:01:00+00'),
    ('0e0e0e0e-0000-4000-8000-000000000001', 'crane', 'edge-fleet', 1, 3, 'gateway', 'failed', repeat('e', 5000), 9223372036854775807, '2026-11-01 08:02:00+00');
insert into bootstrap_log (uid, credential_hash, seq, stage, level, message, created_at) values
    ('0e0e0e0e-0000-4000-8000-000000000001', repeat('0a', 32), 1, 'files', 'info', '10 % — «fini»', '2026-11-01 08:01:30+00'),
    ('0e0e0e0e-0000-4000-8000-000000000001', repeat('0a', 32), 9223372036854775807, 'done', 'error', '', '2026-11-01 08:01:31+00');
insert into fleet_claims (organization, namespace, name, expires_at) values ('org_edge', 'crane', 'edge-fleet', '2999-01-01 00:00:00+00');

update idempotency_keys set expires_at = '2999-01-01 00:00:00+00';
update write_intents set next_attempt_at = '2999-01-01 00:00:00+00' where state = 'open';
insert into idempotency_keys (principal, operation_id, key, request_digest, answer_status, answer_body, answer_tag, created_at, expires_at, answer_location)
values
    ('static-token', 'createGroup', 'edge key ✓', repeat('d', 64), 201, '{"id": "x", "name": "Ünïcode"}', '"1"', '2026-11-20 08:00:00+00', '2999-01-01 00:00:00+00', '/api/v1/groups/x'),
    ('static-token', 'createAccessToken', 'secret answer', repeat('e', 64), 201, null, null, '2026-11-20 08:00:00+00', '2999-01-01 00:00:00+00', null);

insert into agents (id, board_id, gateway_id, namespace, tenant, name, status, agent_key, gateway_agent_id, workspace_path, is_board_lead,
    is_gateway_main, is_paused, is_retired, heartbeat_config, heartbeat, missing_tolerance, identity_profile, identity_template, soul_template,
    token_hash, next_token_hash, token_generation, generation, step, options, attempts, next_attempt_at, last_provision_error, lease_holder,
    lease_until, wake_attempts, checkin_deadline_at, last_seen_at, reported_status, ready_at, delete_requested_at, deleted_at, created_at, updated_at)
values
    ('a0000000-0000-4000-8000-000000000001', md5('opencrane-board:0e0e0e0e-0000-4000-8000-000000000001')::uuid, 'edge-fleet',
        'crane', 'edge-fleet', 'Ωmega', 'active', 'main', 'g-1', '/home/agent/work', true, true, false, false, '{"every": "10m"}', '{"at": 1}', 3,
        '{"name": "Ω", "emoji": "🦆"}', '# Identity', '# Soul', repeat('1', 64), repeat('2', 64), 4, 9, null, '{"a": []}', 0, '2999-01-01 00:00:00+00', null,
        null, null, 0, '2999-01-01 00:00:00+00', '2026-11-20 08:00:00+00', 'active', '2026-11-01 09:00:00+00', null, null, '2026-11-01 08:30:00+00',
        '2026-11-20 08:00:00+00'),
    ('a0000000-0000-4000-8000-000000000002', 'b0000000-0000-4000-8000-000000000002', 'gone', 'crane', 'gone', 'old', 'deleted', 'old', null, null, false,
        false, false, true, null, null, 1, null, null, null, null, null, 0, 1, 'delete', '{}', 5, null, 'went away', 'c0000000-0000-4000-8000-000000000001',
        '2026-11-10 00:00:00+00', 2, null, null, null, null, '2026-11-10 00:00:00+00', '2026-11-10 00:00:01+00', '2026-11-01 08:30:00+00', '2026-11-10 00:00:01+00');

insert into instances (id, task_id, organization, customer_id, customer_email, agent_name, user_display_name, idempotency_key, request_hash, region_id,
    tier_id, tier_name, preset_id, manifest_id, website_template_slug, hostname, namespace, tenant_spec, tenant_uid, agent_config, consent_debug_access,
    actor, request_id, snapshot, failure_code, failure_message, failure_run, created_at, updated_at, delete_requested_at, deleted_at, due_at,
    lease_until, attempts, last_error, chat_holder, chat_until, lease_holder, last_error_code)
values
    ('11111111-0000-4000-8000-000000000001', '11111111-0000-4000-8000-0000000000a1', 'org_edge', 'cust-1', 'Käufer@example.org', 'Bot 🤖', 'Mia Ö.', 'order-1',
        repeat('9', 64), 'eu', 'small', 'Small', 'default', 'm-1', 'shop', 'edge-fleet', 'crane', '{"displayName": "Bot 🤖"}',
        '0e0e0e0e-0000-4000-8000-000000000001', '{"model_policy": {"allow": ["m"]}}', true, 'api-key:x', 'req-9', '{"phase": "Running"}', null, null, null,
        '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', null, null, '2999-01-01 00:00:00+00', null, 0, null, null, null, null, null),
    ('11111111-0000-4000-8000-000000000002', '11111111-0000-4000-8000-0000000000a2', 'org_edge', null, null, 'x', null, 'order-2', '', 'eu', 'small',
        'Small', 'default', null, null, 'gone-host', 'crane', '{}', null, '{}', false, '', '', '{}', 'VM_FAILED', repeat('why ', 2000), 2,
        '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00', '2026-11-20 08:01:00+00', null, '2026-11-20 08:00:30+00', 2147483647,
        'err', 'holder', '2026-11-20 08:00:30+00', 'holder', 'TIMEOUT');
insert into instance_applied_settings (instance_id, machine, digest, applied_at, shape) values
    ('11111111-0000-4000-8000-000000000001', 'm-1', repeat('8', 64), '2026-11-20 08:00:00+00', '{"a": {"b": true}}');
insert into instance_usage_daily (instance_id, day, machine, requests, tokens, cost_usd, updated_at) values
    ('11111111-0000-4000-8000-000000000001', '2026-11-19', 'm-1', 9223372036854775807, 0, 12345678901234.0123456789, '2026-11-20 08:00:00+00');
insert into instance_usage_people (instance_id, day, person) values ('11111111-0000-4000-8000-000000000001', '2026-11-19', repeat('7', 64));
update instance_usage_cursors set due_at = '2999-01-01 00:00:00+00', through = '2026-11-19', collected_at = '2026-11-20 08:00:00+00', failures = 2;
insert into installation_keys (name, material, is_sealed, created_at) values ('edge-unsealed', '\x000102ff', false, '2026-11-01 08:00:00+00');

insert into sessions (id_hash, issuer, subject, email, name, groups, roles, organization, created_at, seen_at, expires_at) values
    (repeat('3', 64), 'https://id.example.org', 'sub|1', 'mia@corp.example', 'Mia Ö. 🦊', '{"ops","a,b","with \"quote\""}', '{platform-admin}', null,
        '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00', '2999-01-01 00:00:00+00'),
    (repeat('4', 64), 'https://id.example.org', 'sub|2', '', null, '{}', '{}', 'org_edge', '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00', '2999-01-01 00:00:00+00');
insert into login_attempts (state_hash, browser_hash, nonce, verifier, return_path, expires_at) values
    (repeat('5', 64), repeat('6', 64), 'nonce', 'verifier', '/auth/me?x=%C3%BC', '2999-01-01 00:00:00+00');
insert into device_grants (device_hash, user_code, address, poll_interval, polled_at, decision, owner, email, organization, roles, created_at, expires_at) values
    (repeat('7', 64), 'ABCDEFGH', '2001:db8::1', 5, null, null, null, null, null, null, '2026-11-20 08:00:00+00', '2999-01-01 00:00:00+00'),
    (repeat('8', 64), 'JKLMNPQR', null, 10, '2026-11-20 08:00:10+00', 'approved', 'issuer|sub', 'mia@corp.example', 'org_edge', '{viewer}', '2026-11-20 08:00:00+00',
        '2999-01-01 00:00:00+00');
insert into tenant_identities (tenant_uid, email, owner, bound_at) values
    ('0e0e0e0e-0000-4000-8000-000000000001', 'mia@corp.example', 'https://id.example.org|sub|1', '2026-11-20 08:00:00+00');
insert into person_logins (person, logged_in_at) values ('https://id.example.org|sub|1', '2026-11-20 08:00:00+00');
update access_tokens set expires_at = '2999-01-01 00:00:00+00';
insert into access_tokens (id, secret_hash, parent_id, name, owner, created_by, is_device, roles, scopes, organization, email, created_at, expires_at,
    last_used_at, maker)
select '22222222-0000-4000-8000-000000000001'::uuid, repeat('9', 64), id, 'child ✓', owner, created_by, true, '{}', '{read}', null, null,
    '2026-11-20 08:00:00+00', '2999-01-01 00:00:00+00', null, maker
from access_tokens order by number limit 1;

insert into model_keys (tenant, alias, key_hash, secret_name, budget_usd, issued_at, revoked_at, tenant_uid) values
    ('edge-fleet', 'opencrane-edge-fleet', repeat('a', 64), 'openclaw-edge-fleet-litellm-key', 999999999999.999999, '2026-11-20 08:00:00+00', null,
        '0e0e0e0e-0000-4000-8000-000000000001'),
    ('gone', 'opencrane-gone', repeat('b', 64), 'openclaw-gone-litellm-key', null, '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00', null);
insert into model_key_state (tenant, settled, carried_usd, carried_at, checked_at) values
    ('edge-fleet', 'settled', -0.000001, '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00'), ('gone', null, 0, null, '2026-11-20 08:00:00+00');
insert into model_key_revocations (audit_id, tenant, key_hash, asked_at) values
    (1, 'gone', repeat('b', 64), '2026-11-20 08:00:00+00'), (2, 'bare', null, '2026-11-20 08:00:00+00');
insert into ai_spend (scope, name, spend_usd, read_at, alert_state, alert_changed_at) values
    ('global', '', 0, '2026-11-20 08:00:00+00', 'ok', null), ('account', 'ünïcode@corp.example', 12.5, '2026-11-20 08:00:00+00', 'warning', '2026-11-20 08:00:00+00'),
    ('tenant', 'edge-fleet', 999999999999.999999, '2026-11-20 08:00:00+00', 'exceeded', '2026-11-20 08:00:00+00');
insert into ai_budgets (scope, name, limit_usd, revision, updated_at) values ('account', 'none@corp.example', null, 9223372036854775807, '2026-11-20 08:00:00+00');
insert into token_usage (tenant, model, day, input_tokens, output_tokens, cost_usd, recorded_at, tenant_uid) values
    ('edge-fleet', 'anthropic/claude', '2026-11-19', 9223372036854775807, 0, 0.000001, '2026-11-20 08:00:00+00', '0e0e0e0e-0000-4000-8000-000000000001'),
    ('gone', 'openai/模型', '2026-11-19', 0, 1, 0, '2026-11-20 08:00:00+00', '');
insert into model_proxy_leases (name, holder, lease_until) values ('collector', 'c0000000-0000-4000-8000-000000000002', '2999-01-01 00:00:00+00');
insert into background_leases (name, holder, lease_until) values ('edge', 'c0000000-0000-4000-8000-000000000003', '2026-11-20 08:00:00+00')
    on conflict do nothing;

insert into retrieval_services default values on conflict do nothing;
insert into outbox (topic, key, payload, attempts, next_attempt_at, lease_until, holder, last_error, died_at, created_at) values
    ('model.key', 'edge-fleet', '{}', 0, '2999-01-01 00:00:00+00', null, null, null, null, '2026-11-20 08:00:00+00'),
    ('retrieval.subject', 'user:ünïcode@corp.example', '{"n": null}', 20, '2999-01-01 00:00:00+00', '2026-11-20 08:00:00+00',
        'c0000000-0000-4000-8000-000000000004', repeat('no ', 1000), '2026-11-20 08:00:00+00', '2026-11-01 08:00:00+00');
insert into datasets (name, customer_uid) values ('Ünïcode Daten', '0c0c0c0c-0000-4000-8000-000000000001'), ('Über uns', '');
insert into tenant_datasets (tenant_uid, level, dataset)
select uid, level, dataset from tenants, (values ('org', 'default'), ('project', 'Über uns')) as membership (level, dataset) where name = 'mia';
insert into tenant_datasets (tenant_uid, level, dataset) values ('0e0e0e0e-0000-4000-8000-000000000001', 'personal', 'Ünïcode Daten');
insert into tenant_waves (tenant_uid, wave, updated_at) values ('0e0e0e0e-0000-4000-8000-000000000001', 'canary', '2026-11-20 08:00:00+00');
insert into participation (tenant_uid, last_seen_at, running_version, updated_at) values
    ('0e0e0e0e-0000-4000-8000-000000000001', '2026-11-20 08:00:00+00', 'awareness/v1', '2026-11-20 08:00:00+00'),
    ('0e0e0e0e-0000-4000-8000-000000000002', '2026-11-20 08:00:00+00', null, '2026-11-20 08:00:00+00');
insert into participation_events (tenant_uid, event_id, content_digest, occurred_at, recorded_at, contract_version, policy_violations) values
    ('0e0e0e0e-0000-4000-8000-000000000001', 'evt ✓', repeat('c', 64), '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00', null, 2147483647);
insert into departed_tenants (uid, noticed_at) values ('0e0e0e0e-0000-4000-8000-000000000002', '2026-11-20 08:31:00+00');
insert into session_scopes (session_key, principal, scopes, bound_by, created_at, updated_at, tenant_uid) values
    ('edge:session', 'tenant:edge-fleet', '[]', 'system:serviceaccount:crane:edge', '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00',
        '0e0e0e0e-0000-4000-8000-000000000001');

insert into third_party_sources (id, name, type, url, path, ref, sync_mode, interval_seconds, notes, approved_by, approved_at, is_requested, next_run_at,
    last_synced_at, last_attempt_at, failures, error_code, error_message, lease_id, lease_until, created_at, updated_at)
values ('33333333-0000-4000-8000-000000000001', 'Edge source ✓', 'git-repository', 'https://git.example.org/skills.git', 'a/b', 'refs/heads/main', 'scheduled',
    300, 'Notes — ünïcode', 'ann', '2026-11-20 08:00:00+00', true, '2999-01-01 00:00:00+00', '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00', 3, 'FETCH_FAILED',
    repeat('x', 3000), 'c0000000-0000-4000-8000-000000000005', '2026-11-20 08:00:00+00', '2026-11-01 08:00:00+00', '2026-11-20 08:00:00+00');
insert into third_party_source_items (id, source_id, kind, name, upstream_id, version, digest, metadata, bundle_id, server_id, problem, created_at, updated_at)
select ('44444444-0000-4000-8000-00000000000' || number)::uuid, '33333333-0000-4000-8000-000000000001', kind, 'item ' || number, 'up/' || number, null, null,
    case number when 1 then '{"stars": 1.5}'::jsonb end, null, null, case number when 2 then 'unreadable — 壊れた' end, '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00'
from (values (1, 'mcp-server'), (2, 'skill-bundle')) as item (number, kind);
insert into skill_promotions (id, skill_bundle_id, from_scope, to_scope, promoted_by, status, notes, decided_by, decided_at, created_at)
select '55555555-0000-4000-8000-000000000001'::uuid, id, 'personal', 'org', 'ann', 'rejected', 'Nein.', 'bob', '2026-11-20 08:00:00+00', '2026-11-19 08:00:00+00'
from skill_bundles order by number limit 1;
insert into skill_contents (digest, content, size, used_at, created_at) values
    ('sha256:' || repeat('f', 64), '\x00ff0d0a', 4, '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00');
insert into skill_pushes (digest, state, attempts, error_code, error_message, repository, next_attempt_at, lease_id, lease_until, pushed_at, created_at) values
    ('sha256:' || repeat('f', 64), 'failed', 9, 'REGISTRY_FAILED', '502', null, '2999-01-01 00:00:00+00', null, null, null, '2026-11-20 08:00:00+00');

insert into drift_alert (id, firing, exceeded, changed_at, evaluated_at) values (true, true, 3, '2026-11-20 08:00:00+00', '2026-11-20 08:00:00+00')
    on conflict (id) do update set firing = true, exceeded = 3;
insert into drift_evaluations (kind, source_count, projection_count, drift_count, lag_seconds, evaluated_at) values
    ('Tenant', 3, 2, 1, 0.25, '2026-11-20 08:00:00+00'), ('AccessPolicy', 0, 0, 0, null, '2026-11-20 08:00:00+00')
    on conflict (kind) do nothing;
insert into server_snapshots (sampled_at, snapshot) values ('2026-11-20 08:00:00+00', '{"tenants": {"Running": 1}, "version": "0.1.0"}');
