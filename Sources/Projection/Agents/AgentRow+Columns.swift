import Foundation
import JSONValue
import Postgres

extension AgentRow {
    static let columns = """
        id, board_id, gateway_id, namespace, tenant, name, status, agent_key, gateway_agent_id, workspace_path, is_board_lead, \
        is_gateway_main, is_paused, is_retired, heartbeat_config, heartbeat, missing_tolerance, identity_profile, identity_template, \
        soul_template, token_hash, next_token_hash, token_generation, generation, step, options, attempts, next_attempt_at, \
        last_provision_error, lease_holder, lease_until, wake_attempts, checkin_deadline_at, last_seen_at, reported_status, ready_at, \
        delete_requested_at, deleted_at, created_at, updated_at
        """

    init(_ row: PostgresRow) throws {
        id = try row.decode("id")
        boardID = try row.decode("board_id")
        gatewayID = try row.decode("gateway_id")
        namespace = try row.decode("namespace")
        tenant = try row.decode("tenant")
        name = try row.decode("name")
        status = try row.decode("status")
        key = try row.decode("agent_key")
        gatewayAgentID = try row.decode("gateway_agent_id")
        workspacePath = try row.decode("workspace_path")
        isBoardLead = try row.decode("is_board_lead")
        isGatewayMain = try row.decode("is_gateway_main")
        isPaused = try row.decode("is_paused")
        isRetired = try row.decode("is_retired")
        heartbeatConfig = try row.decode("heartbeat_config")
        heartbeat = try row.decode("heartbeat")
        missingTolerance = try row.decode("missing_tolerance")
        identityProfile = try row.decode("identity_profile")
        identityTemplate = try row.decode("identity_template")
        soulTemplate = try row.decode("soul_template")
        tokenHash = try row.decode("token_hash")
        nextTokenHash = try row.decode("next_token_hash")
        tokenGeneration = try row.decode("token_generation")
        generation = try row.decode("generation")
        step = try row.decode("step")
        options = try row.decode("options")
        attempts = try row.decode("attempts")
        nextAttemptAt = try row.decode("next_attempt_at")
        lastProvisionError = try row.decode("last_provision_error")
        leaseHolder = try row.decode("lease_holder")
        leaseUntil = try row.decode("lease_until")
        wakeAttempts = try row.decode("wake_attempts")
        checkInDeadline = try row.decode("checkin_deadline_at")
        lastSeenAt = try row.decode("last_seen_at")
        reportedStatus = try row.decode("reported_status")
        readyAt = try row.decode("ready_at")
        deleteRequestedAt = try row.decode("delete_requested_at")
        deletedAt = try row.decode("deleted_at")
        createdAt = try row.decode("created_at")
        updatedAt = try row.decode("updated_at")
    }

    var insertion: SQL {
        """
        insert into agents (\(unescaped: Self.columns)) values (
            \(id), \(boardID), \(gatewayID), \(namespace), \(tenant), \(name), \(status), \(key), \(gatewayAgentID), \(workspacePath),
            \(isBoardLead), \(isGatewayMain), \(isPaused), \(isRetired), \(heartbeatConfig), \(heartbeat), \(missingTolerance),
            \(identityProfile), \(identityTemplate), \(soulTemplate), \(tokenHash), \(nextTokenHash), \(tokenGeneration), \(generation),
            \(step), \(options), \(attempts), \(nextAttemptAt), \(lastProvisionError), \(leaseHolder), \(leaseUntil), \(wakeAttempts),
            \(checkInDeadline), \(lastSeenAt), \(reportedStatus), \(readyAt), \(deleteRequestedAt), \(deletedAt), \(createdAt), \(updatedAt))
        """
    }

    /// Writes what can change.
    var replacement: SQL {
        """
        update agents set name = \(name), status = \(status), gateway_agent_id = \(gatewayAgentID), workspace_path = \(workspacePath),
            is_paused = \(isPaused), is_retired = \(isRetired), heartbeat_config = \(heartbeatConfig), heartbeat = \(heartbeat),
            missing_tolerance = \(missingTolerance), identity_profile = \(identityProfile), identity_template = \(identityTemplate),
            soul_template = \(soulTemplate), token_hash = \(tokenHash), next_token_hash = \(nextTokenHash),
            token_generation = \(tokenGeneration), generation = \(generation), step = \(step), options = \(options), attempts = \(attempts),
            next_attempt_at = \(nextAttemptAt), last_provision_error = \(lastProvisionError), lease_holder = \(leaseHolder),
            lease_until = \(leaseUntil), wake_attempts = \(wakeAttempts), checkin_deadline_at = \(checkInDeadline),
            last_seen_at = \(lastSeenAt), reported_status = \(reportedStatus), ready_at = \(readyAt),
            delete_requested_at = \(deleteRequestedAt), deleted_at = \(deletedAt), updated_at = \(updatedAt)
        where id = \(id)
        """
    }
}
