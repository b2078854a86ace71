extension ProjectionSchema {
    /// The key of a session is its principal's own: instances call their sessions by the same names. Bindings of tenants are by the tenant's
    /// unique id besides, so that another one of the same name inherits nothing.
    static let sessionPrincipals = """
        alter table session_scopes add column tenant_uid text;
        update session_scopes set tenant_uid = tenants.uid from tenants
            where session_scopes.principal = 'tenant:' || tenants.name and tenants.deleted_at is null;
        delete from session_scopes where principal like 'tenant:%' and tenant_uid is null;
        alter table session_scopes drop constraint session_scopes_pkey, add primary key (principal, session_key);
        create index session_scopes_by_key on session_scopes (session_key, principal);
        create index session_scopes_by_time on session_scopes (updated_at);
        """
}
