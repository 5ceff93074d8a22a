// Written by npm run generate from openapi.json. Do not edit.

export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the public keys of access tokens (RFC 7517) */
        get: operations["getKeySet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/oauth-authorization-server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the metadata of the authorization server (RFC 8414) */
        get: operations["getServerMetadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Report whether the process answers */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Report whether the process should get requests now */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/startup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Report whether the process has started */
        get: operations["getStartup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The metrics of this process, in the text format of Prometheus, or as OpenMetrics with the traces of single values for who accepts it */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your API keys, the latest first */
        get: operations["listApiKeys"];
        put?: never;
        /** Create an API key for one of your programs */
        post: operations["issueApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get one of your API keys */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        /** Revoke one of your API keys at once */
        delete: operations["revokeApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-chain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Compare the end of the audit log with its seals */
        get: operations["verifyAuditChain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who did what, and what was refused, the newest first */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The providers that one can sign in with */
        get: operations["listOpenidProviders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oidc/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sign in by a provider: leads the browser there, and back to a page of the front end */
        get: operations["signInByOpenid"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oidc/{provider}/backchannel-logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A provider says that somebody signed out there (OpenID Connect Back-Channel Logout 1.0) */
        post: operations["endSessionsByOpenid"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/oidc/{provider}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where providers send people back to; on to the front end, to /auth-error if it failed */
        get: operations["completeOpenid"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/console": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the console offers here, and whether the caller is signed in */
        get: operations["getConsole"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs that failed for good, the newest first */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One dead letter with its payload, secrets hidden */
        get: operations["getDeadLetter"];
        put?: never;
        post?: never;
        /** Discard a job for good */
        delete: operations["discardDeadLetter"];
        options?: never;
        head?: never;
        /** Change the payload before the job is enqueued again */
        patch: operations["editDeadLetter"];
        trace?: never;
    };
    "/v1/dead-letters/discards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Discard all dead letters that match for good, or count them (dry run) */
        post: operations["discardDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/redrives": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Enqueue the jobs of dead letters again, or count them (dry run) */
        post: operations["redriveDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/email-verifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove an address with the token of the mail */
        post: operations["verifyEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/job-inspections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A job with its payload, secrets hidden, and the reason why it waits */
        get: operations["inspectJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs of everybody, the newest first; a page looks at the newest 5,000 rows of each table */
        get: operations["listJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a job is, and how it ended */
        get: operations["getJob"];
        put?: never;
        post?: never;
        /** Cancel a job that is waiting or running */
        delete: operations["cancelJob"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The job as server-sent events, until it is finished */
        get: operations["watchJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a job that succeeded has made: JSON or a file */
        get: operations["getJobResult"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/oauth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get an access token for a service, valid for five minutes (RFC 6749 section 4.4, RFC 7523) */
        post: operations["issueToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/database": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Pools, statements, locks, tables and migrations */
        get: operations["getOpsDatabase"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/dependencies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the processes need, and its last 24 hours */
        get: operations["listOpsDependencies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/deploys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When processes began to run another release */
        get: operations["listOpsDeploys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/economics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What requests, jobs, users and a month cost, what ten times the traffic would, and the budget */
        get: operations["getOpsEconomics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Failures of requests and jobs by their cause, those that were met last first */
        get: operations["listErrorGroups"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each job did in a period, and what it cost */
        get: operations["listOpsJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/log-level": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The level that an operator gave to the log */
        get: operations["getOpsLogLevel"];
        /** Change the level of the log of running processes for a time, within 3 s */
        put: operations["setOpsLogLevel"];
        post?: never;
        /** End the change before its time is over */
        delete: operations["endOpsLogLevel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether all is well, since when, which processes run, and the most important figures */
        get: operations["getOpsOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each route did in a period, and what it cost */
        get: operations["listOpsRoutes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/runtime": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Event loop, memory and collector of each process */
        get: operations["listOpsProcesses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One metric over time, merged over all processes or for one of them */
        get: operations["getOpsSeries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/service-levels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What must be reached by each kind of route, what was, and how fast the error budget is used up */
        get: operations["listServiceLevels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/slowest-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The slowest requests of a period, of all processes, with their traces */
        get: operations["listSlowestRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/password-resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for a link to choose a new password; it comes by mail */
        post: operations["requestPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/password-resets/confirmations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Choose a password with the token of the link; ends all sessions */
        post: operations["confirmPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The queues: state, limit, and how much waits */
        get: operations["listQueues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queues/{name}/limit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Limit how many jobs of a queue run at once */
        put: operations["setQueueLimit"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queues/{name}/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What operators decided about a queue */
        get: operations["getQueueState"];
        /** Pause or resume a queue, in every worker within 2 s */
        put: operations["setQueueState"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/registrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign up; the answer comes by mail */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The schedules: what runs at certain times, and when it runs next */
        get: operations["listSchedules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/service-clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List service clients, page by page */
        get: operations["listServiceClients"];
        put?: never;
        /** Register a service with its public keys */
        post: operations["registerServiceClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/service-clients/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get one service client */
        get: operations["getServiceClient"];
        put?: never;
        post?: never;
        /** Delete a service client; its tokens stop working at once */
        delete: operations["removeServiceClient"];
        options?: never;
        head?: never;
        /** Change name, scopes, keys or status; this also affects existing tokens at once */
        patch: operations["changeServiceClient"];
        trace?: never;
    };
    "/v1/service-clients/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the calling service and its scopes */
        get: operations["getCurrentServiceClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the sessions of the signed-in user */
        get: operations["listSessions"];
        put?: never;
        /** Sign in; the session comes as a cookie, at once or after the second factor */
        post: operations["signIn"];
        /** Sign out everywhere else */
        delete: operations["revokeOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of your sessions */
        delete: operations["revokeSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the current session: the user and their permissions */
        get: operations["getCurrentSession"];
        put?: never;
        post?: never;
        /** Sign out */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/mfa": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Finish signing in with a code or a passkey; the session comes as a cookie */
        post: operations["signInWithSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/mfa/passkey/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get the options with which the browser asks for a passkey */
        post: operations["getMfaPasskeyOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with a passkey alone; the session comes as a cookie */
        post: operations["signInWithPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/passkey/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get the options with which the browser asks for a passkey; a cookie binds them to this browser */
        post: operations["getSignInPasskeyOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sudo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove your identity again as in signing in, by password and second factor or by passkey; allows sensitive actions for ten minutes and renews the cookie */
        post: operations["enterSudo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sudo/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove your identity again at a provider; allows sensitive actions as POST /v1/sudo does */
        post: operations["enterSudoByOpenid"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sudo/passkey/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get the options with which the browser asks for a passkey */
        post: operations["getSudoPasskeyOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/user-exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write the users that match a filter into a file */
        post: operations["exportUsers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/user-imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Create accounts from the rows of a CSV file (email,name,role) */
        post: operations["importUsers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List users, page by page */
        get: operations["listUsers"];
        put?: never;
        /** Create an account and send the invitation */
        post: operations["inviteUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One user */
        get: operations["getUser"];
        put?: never;
        post?: never;
        /** Delete a user with all that belongs to the account */
        delete: operations["removeUser"];
        options?: never;
        head?: never;
        /** Change name, role or status */
        patch: operations["changeUser"];
        trace?: never;
    };
    "/v1/users/{id}/impersonations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Act as a user for half an hour; ends your own session, and signing out ends this one */
        post: operations["impersonateUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}/second-factors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove the authenticator app, passkeys and recovery codes of a user; ends all their sessions */
        delete: operations["removeSecondFactors"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the sessions of a user */
        get: operations["listUserSessions"];
        put?: never;
        post?: never;
        /** Sign a user out everywhere */
        delete: operations["endUserSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The signed-in user */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change your profile */
        patch: operations["changeMe"];
        trace?: never;
    };
    "/v1/users/me/email-changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for another address; a link to prove it is mailed there */
        post: operations["requestEmailChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/email-changes/cancellations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a change with the token that the old address got */
        post: operations["cancelEmailChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/email-changes/confirmations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove the new address with the token of the mail; ends all other sessions and renews the cookie */
        post: operations["confirmEmailChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the identities of the signed-in user at OpenID providers */
        get: operations["listIdentities"];
        put?: never;
        /** Link an identity to sign in with from now on; begins at the page of the provider */
        post: operations["linkIdentity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/identities/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Unlink an identity; ends all other sessions */
        delete: operations["unlinkIdentity"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/identities/{id}/confirmations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in again with an identity that a password reset suspended */
        post: operations["confirmIdentity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/mfa": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the second factors of the signed-in user */
        get: operations["getMfa"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the passkeys of the signed-in user */
        get: operations["listPasskeys"];
        put?: never;
        /** Add the passkey that the browser made; ends all other sessions */
        post: operations["createPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/passkeys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a passkey; ends all other sessions */
        delete: operations["removePasskey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/passkeys/{id}/confirmations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Use a passkey again that a password reset suspended; ends all other sessions */
        post: operations["confirmPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/passkeys/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get the options with which the browser makes a passkey */
        post: operations["getPasskeyOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Choose another password; ends all other sessions and renews the cookie */
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Create ten new recovery codes, shown once; earlier ones no longer work */
        post: operations["createRecoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set up an authenticator app; a first code confirms it */
        post: operations["enrolTotp"];
        /** Switch the authenticator app off; ends all other sessions */
        delete: operations["removeTotp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me/totp/confirmations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Switch the authenticator app on with its first code; ends all other sessions */
        post: operations["confirmTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The mail says how to continue. */
        Accepted: {
            /** @constant */
            status: "accepted";
        };
        ApiKey: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /** @description To the minute. */
            last_used_at: string | null;
            name: string;
            /** @description The beginning of the key. It is not secret, so that a found key can be identified. */
            prefix: string;
            /** @description What the key may do, as long as its owner may do it. */
            scopes: string[];
        };
        ApiKeyList: {
            data: components["schemas"]["ApiKey"][];
        };
        AuditChain: {
            /** @description What does not match. */
            findings: string[];
            /** @description Whether the events under the last seals are the ones that were sealed. `npm run audit:verify` compares all of them. */
            is_intact: boolean;
            last_sealed_at: string | null;
            /** @description Later events; the worker seals every minute. 1,000 stands for that many or more. */
            unsealed_events: number;
            verified_events: number;
            /** @description How many of the last seals were compared. */
            verified_seals: number;
        };
        AuditEvent: {
            /** @example users.change */
            action: string;
            actor_id: string | null;
            /** @enum {string} */
            actor_kind: "user" | "service" | "system";
            api_key_id: string | null;
            /** Format: date-time */
            at: string;
            /** @description A /24 or /64. */
            client_network: string | null;
            /** Format: uuid */
            id: string;
            /** @description The administrator who acted as the actor. */
            impersonator_id: string | null;
            meta: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            outcome: "success" | "failure" | "denied";
            reason: string | null;
            request_id: string | null;
            /** @description The order of the events. Some numbers are missing because no event got them. */
            seq: number;
            session_id: string | null;
            /** @example user:0199c0de-0000-7000-8000-000000000000 */
            target: string;
        };
        AuditEventPage: {
            data: components["schemas"]["AuditEvent"][];
            page: {
                has_more: boolean;
                /** @description The `cursor` of the next page; null on the last page. */
                next_cursor: string | null;
            };
        };
        AuthorizationUrl: {
            /** @description Open this in the browser: the page of the provider. */
            location: string;
        };
        Console: {
            /** @description Whether the cookie of the request belongs to a session; its rights say what it may see. */
            is_signed_in: boolean;
            /** @description The development mailbox, or null where mail is sent for real. */
            mailbox: string | null;
            /** @description Whether providers send people back to this origin. Where the front end has another, they return there. */
            openid_returns: boolean;
        };
        Credentials: {
            /** Format: email */
            email: string;
            /** Format: password */
            password: string;
        };
        CurrentServiceClient: {
            /**
             * Format: uuid
             * @description The client id.
             */
            id: string;
            name: string;
            /** @description The scopes of this token at this moment. */
            scopes: ("clients:self" | "users:read" | "jobs:read" | "ops:read" | "audit:read")[];
        };
        DeadLetter: {
            attempts: number;
            /** @description The code of the problem that the last attempt failed with. */
            code: string;
            detail: string;
            /** Format: date-time */
            died_at: string;
            /** @description The fields of the payload that can be edited. */
            editable: string[];
            enqueued_at: string;
            /** Format: uuid */
            id: string;
            links: {
                job?: string;
                self: string;
            };
            /** @description Which job, for example users.export. */
            name: string;
            /** @description The principal who enqueued the job. */
            owner_id: string | null;
            /** @description The payload of the job; fields named like a secret read [redacted]. */
            payload: unknown;
            queue: string;
            /** @description The first message of the work, when it was redriven before. */
            redriven_from: string | null;
            /** @description The request that enqueued the job. */
            request_id: string | null;
            trace_id: string | null;
            /** @description Its page in the tracing tool, where the installation names one. */
            trace_url: string | null;
            version: number;
        };
        DeadLetterPage: {
            data: components["schemas"]["DeadLetterSummary"][];
            page: {
                has_more: boolean;
                /** @description The `cursor` of the next page; null on the last page. */
                next_cursor: string | null;
            };
        };
        DeadLetterPatch: {
            /** @description A merge patch (RFC 7396) of the payload. It changes the fields that the job declares editable; fields that read [redacted] stay as they are. */
            payload: {
                [key: string]: unknown;
            };
            /** @description Why; kept in the audit log. */
            reason: string;
        };
        DeadLetterSummary: {
            attempts: number;
            /** @description The code of the problem that the last attempt failed with. */
            code: string;
            detail: string;
            /** Format: date-time */
            died_at: string;
            /** Format: uuid */
            id: string;
            /** @description Which job, for example users.export. */
            name: string;
            queue: string;
            /** @description The first message of the work, when it was redriven before. */
            redriven_from: string | null;
            version: number;
        };
        Discard: {
            /**
             * Format: uuid
             * @description The id of the operation; a dry run has none.
             */
            id?: string;
            /** @description There are more. */
            is_capped: boolean;
            /** @description Dead letters that the filter finds, 10,000 at most. */
            matched: number;
            /** @constant */
            state?: "queued";
        };
        DiscardAllRequest: {
            /**
             * @description Only count.
             * @default false
             */
            dry_run?: boolean;
            /** @description The dead letters for which all of this holds. An empty filter means all of them. */
            filter: {
                code?: string;
                /**
                 * Format: date-time
                 * @description Exclusive.
                 */
                died_after?: string;
                /**
                 * Format: date-time
                 * @description Exclusive.
                 */
                died_before?: string;
                ids?: string[];
                name?: string;
                queue?: string;
            };
            /**
             * @description Dead letters a second at most.
             * @default 50
             */
            rate_per_second?: number;
            /** @description Why; kept in the audit log. */
            reason: string;
        };
        EmailChangeProof: {
            token: string;
        };
        EmailChangeRequest: {
            /** Format: email */
            email: string;
        };
        ErrorGroup: {
            code: string;
            count: number;
            /** @description The same for the same cause in every process and release. */
            fingerprint: string;
            /** Format: date-time */
            first_seen_at: string;
            first_version: string;
            /** @description Our own functions, the innermost first. */
            frames: string[];
            last_request_id: string | null;
            /** Format: date-time */
            last_seen_at: string;
            last_trace_id: string | null;
            /** @description Its page in the tracing tool, where the installation names one. */
            last_trace_url: string | null;
            last_version: string;
            /** @description The pattern of the route or the name of the job. */
            name: string;
            /** @enum {string} */
            source: "request" | "job";
            /** @description Users who met it; 100 stands for more, too. */
            users: number;
        };
        ErrorGroupList: {
            data: components["schemas"]["ErrorGroup"][];
        };
        ExportRequest: {
            /** @default {} */
            filter?: {
                /** Format: email */
                email?: string;
                /** @enum {string} */
                role?: "admin" | "operator" | "viewer" | "member";
                /** @enum {string} */
                status?: "invited" | "active" | "disabled";
            };
            /** @enum {string} */
            format: "csv" | "ndjson";
        };
        HealthStatus: {
            checks?: {
                [key: string]: {
                    status: string;
                } & {
                    [key: string]: unknown;
                };
            };
            /** @enum {string} */
            status: "ok" | "degraded";
        };
        Identity: {
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            issuer: string;
            last_used_at: string | null;
            /** @description Null when it is no longer configured. */
            provider: string | null;
            /** @description The time of a password reset. The identity signs in again when its owner confirms it. */
            suspended_at: string | null;
        };
        IdentityList: {
            data: components["schemas"]["Identity"][];
        };
        ImpersonationRequest: {
            /** @description The reason. It is kept in the audit log and mailed to the user, unless it contains a link. */
            reason: string;
        };
        Invitation: {
            /** Format: email */
            email: string;
            name: string;
            /**
             * @default member
             * @enum {string}
             */
            role?: "admin" | "operator" | "viewer" | "member";
        };
        IssuedApiKey: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /** @description The key itself, which is shown only now. */
            key: string;
            /** @description To the minute. */
            last_used_at: string | null;
            name: string;
            /** @description The beginning of the key. It is not secret, so that a found key can be identified. */
            prefix: string;
            /** @description What the key may do, as long as its owner may do it. */
            scopes: string[];
        };
        Job: {
            /** @description Attempts so far. */
            attempts: number;
            /** Format: date-time */
            created_at: string;
            finished_at: string | null;
            /** Format: uuid */
            id: string;
            links: {
                events: string;
                result?: string;
                self: string;
            };
            /** @description Why it failed (RFC 9457). */
            problem: {
                code: string;
                detail: string;
                instance: string;
                request_id: string;
                status: number;
                title: string;
                type: string;
            } | null;
            progress: {
                done: number;
                total: number | null;
            };
            started_at: string | null;
            /** @enum {string} */
            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /** @description What it does, for example users.export. */
            type: string;
        };
        JobAccepted: {
            /** Format: uuid */
            id: string;
            /** @constant */
            state: "queued";
        };
        JobInspection: {
            attempts: number;
            cancel_requested_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description The problem of the last attempt. */
            error: {
                code: string | null;
                detail: string | null;
            } | null;
            finished_at: string | null;
            /** Format: uuid */
            id: string;
            links: {
                dead_letter?: string;
                /** @description What its owner sees. */
                job?: string;
                /** @description For operators. */
                self: string;
            };
            max_attempts: number | null;
            owner_id: string | null;
            /** @description The payload while it waits or is a dead letter; fields named like a secret read [redacted]. */
            payload: unknown;
            progress: {
                done: number;
                total: number | null;
            };
            /** @description Null for a job that this release does not know. */
            queue: string | null;
            /** @description The request that enqueued the job. */
            request_id: string | null;
            started_at: string | null;
            /**
             * @description A job is dispatched when the queue has it: there it waits or runs. Only jobs that a client can watch tell which, and leave a row when they are done.
             * @enum {string}
             */
            state: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dispatched";
            timeout_seconds: number | null;
            trace_id: string | null;
            /** @description Its page in the tracing tool, where the installation names one. */
            trace_url: string | null;
            /** @description What it does, for example users.export. */
            type: string;
            /** @description Why it waits; null when it does not, or runs. */
            waiting: {
                /** @enum {string} */
                code: "paused" | "later" | "refused" | "order" | "owner-limit" | "queue-limit" | "no-worker" | "retry" | "turn";
                sentence: string;
            } | null;
        };
        JobItem: {
            attempts: number;
            /** Format: date-time */
            created_at: string;
            /** @description The problem of the last attempt. */
            error: {
                code: string | null;
                detail: string | null;
            } | null;
            finished_at: string | null;
            /** Format: uuid */
            id: string;
            links: {
                dead_letter?: string;
                /** @description What its owner sees. */
                job?: string;
                /** @description For operators. */
                self: string;
            };
            owner_id: string | null;
            progress: {
                done: number;
                total: number | null;
            };
            /** @description Null for a job that this release does not know. */
            queue: string | null;
            started_at: string | null;
            /**
             * @description A job is dispatched when the queue has it: there it waits or runs. Only jobs that a client can watch tell which, and leave a row when they are done.
             * @enum {string}
             */
            state: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dispatched";
            /** @description What it does, for example users.export. */
            type: string;
        };
        JobItemPage: {
            data: components["schemas"]["JobItem"][];
            page: {
                has_more: boolean;
                /** @description The `cursor` of the next page; null on the last page. */
                next_cursor: string | null;
            };
            search: {
                /** @description About how many jobs there are. */
                of: number;
                /** @description Jobs that this page looked at; the next one goes on from there. */
                searched: number;
            };
        };
        /** @description Public keys of access tokens (RFC 7517). */
        KeySet: {
            keys: {
                alg: string;
                crv: string;
                kid: string;
                kty: string;
                use: string;
                x: string;
            }[];
        };
        /** @description Seconds; null where nothing was measured. */
        Latency: {
            count: number;
            p50: number | null;
            p95: number | null;
            p99: number | null;
        };
        LogLevelChange: {
            /** @enum {string} */
            level: "fatal" | "error" | "warn" | "info" | "debug" | "trace";
            minutes: number;
            /** @description Why; kept in the audit log. */
            reason: string;
            /** @description All processes, those of one app, or the one with this id in GET /v1/ops/runtime. */
            target: ("all" | "api" | "worker") | string;
        };
        LogoutRequest: {
            /** @default  */
            logout_token: string;
        };
        Mfa: {
            /** @description The passkeys that are not suspended. */
            passkeys: number;
            recovery_codes_left: number;
            /** @description Whether signing in by password requires a second factor. */
            required: boolean;
            totp_confirmed_at: string | null;
            /** @description The time of a password reset that suspended the app. A code of it at POST /v1/users/me/totp/confirmations confirms it. */
            totp_suspended_at: string | null;
        };
        /** @description Send one of these to POST /v1/sessions/mfa within ten minutes. */
        MfaRequired: {
            methods: ("totp" | "recovery_code" | "passkey")[];
            /** @constant */
            status: "mfa_required";
        };
        NewApiKey: {
            /** @default 90 */
            expires_in_days?: number;
            name: string;
            /** @description Permissions, at most those of the owner. An empty list allows what every signed-in user may do. */
            scopes: ("users:read" | "users:write" | "users:impersonate" | "jobs:read" | "jobs:write" | "ops:read" | "ops:write" | "audit:read" | "services:read" | "services:write")[];
        };
        NewPasskey: {
            name: string;
            passkey: components["schemas"]["PasskeyAttestation"];
        };
        NewServiceClient: {
            jwks: {
                keys: components["schemas"]["PublicKey"][];
            };
            name: string;
            scopes: ("clients:self" | "users:read" | "jobs:read" | "ops:read" | "audit:read")[];
        };
        OpenidProvider: {
            label: string;
            /** @description Open this in the browser to sign in. */
            location: string;
            name: string;
        };
        OpenidProviderList: {
            data: components["schemas"]["OpenidProvider"][];
        };
        /** @description In the currency of the price file. What was bought, used or not. */
        OpsBill: {
            cpu: number;
            database: number;
            egress: number;
            fixed: number;
            storage: number;
            total: number;
        };
        OpsCard: {
            /** @description Stable, for example `requests_per_second`. */
            id: string;
            /** @description For GET /v1/ops/series. */
            metric: string;
            /** @description The page that says what to do; null for a card without a threshold. */
            runbook: string | null;
            /** @description One value a minute, the last 60, the oldest first. */
            sparkline: (number | null)[];
            /**
             * @description By the threshold of this card.
             * @enum {string}
             */
            state: "ok" | "degraded" | "down";
            title: string;
            /** @description As metrics have it: `s`, `By`, `1` for a share, or the counted thing in braces. */
            unit: string;
            /** @description Now: of the last minute. Null where nothing was measured. */
            value: number | null;
        };
        /** @description Of all requests or attempts of the period together. */
        OpsCost: {
            /** @description Sent to clients; null for jobs. */
            bytes: number | null;
            cpu_seconds: number;
            database_seconds: number;
            statements: number;
        };
        OpsDatabase: {
            acquisition: components["schemas"]["Latency"];
            migrations: {
                applied: number;
                last: string | null;
            };
            operations: {
                duration: components["schemas"]["Latency"];
                operation: string;
            }[];
            pools: components["schemas"]["OpsPool"][];
            server: {
                connections: number;
                max_connections: number;
                oldest_transaction_seconds: number | null;
                size_bytes: number;
                version: string;
                waiting_for_locks: number;
            };
            /** @description What has run for more than a second, the longest first; 20 at most. Never its text. */
            slow_statements: {
                application: string;
                pid: number;
                seconds: number;
                state: string;
                waits_for: string | null;
            }[];
            /** @description The 30 largest. */
            tables: {
                /** @description Estimated. */
                dead_rows: number;
                name: string;
                /** @description Estimated. */
                rows: number;
                size_bytes: number;
                vacuumed_at: string | null;
            }[];
        };
        OpsDependencies: {
            data: components["schemas"]["OpsDependency"][];
        };
        OpsDependency: {
            /** @enum {string} */
            app: "api" | "worker";
            /** @description The share of looks at which it was up, in steps of 15 minutes of the last 24 hours. */
            history: {
                /** Format: date-time */
                at: string;
                /** @description A share: 0.01 is one percent. */
                up: number;
            }[];
            name: string;
            /** @description As far as the last 24 hours show. */
            since: string | null;
            /** @enum {string} */
            state: "up" | "degraded" | "down";
        };
        /** @description The first process that started in another release, or another build of it, than the one before it. */
        OpsDeploy: {
            /** Format: date-time */
            at: string;
            previous_version: string;
            version: string;
        };
        OpsDeployList: {
            /** @description Of the last seven days, the latest first; 50 at most. */
            data: components["schemas"]["OpsDeploy"][];
        };
        OpsEconomics: {
            at_ten_times: {
                cpu_cores: number;
                database_cores: number;
                /** @description What is full first comes first. */
                limits: components["schemas"]["OpsLimit"][];
                month: components["schemas"]["OpsBill"];
            };
            /** @description Of the period. */
            bill: components["schemas"]["OpsBill"];
            /** @description Accounts that pay for the month as it is; null when none do at this revenue. */
            break_even_users: number | null;
            budget: {
                /** @description The highest threshold that has been reached. */
                alert: (0.5 | 0.8 | 1) | null;
                budget: number | null;
                /** @description At the end of the calendar month. */
                expected: number;
                /** Format: date-time */
                from: string;
                spent: number;
                used: number | null;
            };
            cpu: components["schemas"]["OpsShare"];
            currency: string;
            /** @description A statement that runs counts as one busy core, also while it waits. */
            database: components["schemas"]["OpsShare"];
            /** @description The prices are those of the example, so that no amount is yours. */
            is_example: boolean;
            /** @description The dearest first, 200 at most. */
            jobs: components["schemas"]["OpsJobMoney"][];
            /** @description What the samples of the period cover. */
            measured_seconds: number;
            /** @description Of 730 hours like those of the period. */
            month: components["schemas"]["OpsBill"];
            /** @description The objective with the least left; null when nothing was measured. */
            objective_at_risk: components["schemas"]["OpsObjectiveAtRisk"] | null;
            per_request: {
                /** @description The whole bill by their number, idle time and jobs included. */
                billed: number | null;
                /** @description What all requests used, by their number. */
                used: number | null;
            };
            /** @description The bill of the month by the number of accounts. */
            per_user_month: number | null;
            /** @enum {string} */
            period: "15m" | "1h" | "6h" | "24h" | "7d" | "30d";
            requests: number;
            /** @description The dearest first, 200 at most. */
            routes: components["schemas"]["OpsRouteMoney"][];
            /** @description Accounts, as estimated by Postgres. */
            users: number;
        };
        OpsInstance: {
            /** @enum {string} */
            app: "api" | "worker";
            host: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            last_seen_at: string;
            /** @description Of its log, at the last sign of life. */
            log_level: string | null;
            pid: number;
            /** Format: date-time */
            started_at: string;
            /**
             * @description Stale after 15 s without a sign of life, gone after 60 s; stopped is a stop in order.
             * @enum {string}
             */
            state: "up" | "stale" | "gone" | "stopped";
            version: string;
        };
        OpsJob: {
            cost: components["schemas"]["OpsCost"];
            /** @description Attempts that made a dead letter. */
            failed: number;
            job: string;
            retried: number;
            run: components["schemas"]["Latency"];
            /** @description Nothing was left to do: duplicates, and jobs that were cancelled before. */
            skipped: number;
            started_per_minute: number;
            succeeded: number;
            wait: components["schemas"]["Latency"];
        };
        OpsJobMoney: {
            attempts: number;
            cost: components["schemas"]["OpsMoney"];
            job: string;
            per_attempt: number;
        };
        OpsJobReport: {
            data: components["schemas"]["OpsJob"][];
            /** @enum {string} */
            period: "15m" | "1h" | "6h" | "24h" | "7d" | "30d";
        };
        OpsLimit: {
            /** @description How many times the traffic of now fill it. */
            full_at: number | null;
            /** @enum {string} */
            resource: "cpu" | "database" | "connections" | "event-loop";
            /** @description Now; 1 is all of it. */
            use: number;
        };
        OpsLine: {
            by: {
                [key: string]: string;
            };
            points: components["schemas"]["OpsPoint"][];
        };
        /** @description The level that an operator gave to the log for a time. */
        OpsLogLevel: {
            changed_at: string | null;
            changed_by: string | null;
            /** @description Null while every process logs as its LOG_LEVEL says. */
            level: ("fatal" | "error" | "warn" | "info" | "debug" | "trace") | null;
            reason: string | null;
            target: (("all" | "api" | "worker") | string) | null;
            /** @description When the processes go back by themselves. */
            until: string | null;
            version: number;
        };
        /** @description In the currency of the price file. What was used; idle time is not in it. */
        OpsMoney: {
            cpu: number;
            database: number;
            egress: number;
            total: number;
        };
        OpsObjectiveAtRisk: {
            /** @description Of what may fail or be slow: 1 is untouched, 0 used up, less is overdrawn. */
            budget_left: number;
            class: string;
            /** @description `availability`, or the latency that must be reached. */
            objective: string;
            /**
             * @description How fast the error budget of this class is used up.
             * @enum {string}
             */
            state: "ok" | "ticket" | "page";
        };
        OpsOverview: {
            /**
             * Format: date-time
             * @description The clock of the database.
             */
            at: string;
            cards: components["schemas"]["OpsCard"][];
            instances: components["schemas"]["OpsInstance"][];
            /** @description Null when there was none in the last seven days. */
            last_deploy: components["schemas"]["OpsDeploy"] | null;
            /** @description Since when the status is this one, as far as the last hour shows. */
            since: string | null;
            /** @enum {string} */
            status: "ok" | "degraded" | "down";
            /** @description One sentence: what is the case. */
            verdict: string;
        };
        OpsPoint: {
            /** Format: date-time */
            at: string;
            /** @description Of a histogram: how many values each bucket has, for heatmaps. `bounds` are their limits. */
            buckets: number[] | null;
            /** @description Of a counter and a histogram. */
            count: number | null;
            /** @description Of a gauge its largest reading. */
            max: number | null;
            p50: number | null;
            p95: number | null;
            p99: number | null;
            /** @description Of a counter and a histogram events a second, of a gauge the mean of its readings. */
            value: number | null;
        };
        OpsPool: {
            /** @enum {string} */
            app: "api" | "worker";
            idle: number;
            /** Format: uuid */
            instance_id: string;
            max: number;
            pool: string;
            /** @description Mean of the last minute. */
            used: number;
            /** @description The most callers that waited at once in the last minute. */
            waiting: number;
        };
        OpsProcess: {
            /** @description CPU seconds a second; 1 is one core. */
            cpu_share: number | null;
            gc: components["schemas"]["Latency"];
            heap_bytes: number | null;
            heap_limit_bytes: number | null;
            instance: components["schemas"]["OpsInstance"];
            loop_delay_max: number | null;
            loop_delay_p99: number | null;
            loop_utilization: number | null;
            memory_bytes: number | null;
        };
        OpsRoute: {
            /** @description The part of all server errors of the period that this route has. */
            budget_share: number;
            /** @description 4xx. */
            client_errors: number;
            cost: components["schemas"]["OpsCost"];
            duration: components["schemas"]["Latency"];
            /** @description False for probes, the console and streams, which no objective counts. */
            is_of_users: boolean;
            method: string;
            requests: number;
            requests_per_second: number;
            route: string;
            /** @description 5xx. */
            server_errors: number;
        };
        OpsRouteMoney: {
            cost: components["schemas"]["OpsMoney"];
            method: string;
            per_request: number;
            requests: number;
            route: string;
        };
        OpsRouteReport: {
            data: components["schemas"]["OpsRoute"][];
            /** @enum {string} */
            period: "15m" | "1h" | "6h" | "24h" | "7d" | "30d";
        };
        OpsRuntime: {
            data: components["schemas"]["OpsProcess"][];
        };
        OpsSeries: {
            /** @description Upper bounds of the buckets of a histogram; the last bucket has what is above them. */
            bounds: number[] | null;
            /** @enum {string} */
            kind: "counter" | "histogram" | "gauge";
            lines: components["schemas"]["OpsLine"][];
            metric: string;
            /** @enum {string} */
            period: "15m" | "1h" | "6h" | "24h" | "7d" | "30d";
            step_seconds: number;
            unit: string;
        };
        /** @description Seconds of the period. */
        OpsShare: {
            /** @description Bought, and used by nobody. */
            idle: number;
            jobs: number;
            /** @description Cores times time. */
            provided: number;
            requests: number;
            /** @description Used by no request, of which probes are some, and no job: start-up, the relay, schedules, these samples. */
            unattributed: number;
            used: number;
        };
        OpsSlowestRequests: {
            data: components["schemas"]["OpsSlowRequest"][];
            /** @enum {string} */
            period: "15m" | "1h" | "6h" | "24h" | "7d" | "30d";
        };
        OpsSlowRequest: {
            /**
             * Format: date-time
             * @description When it was answered.
             */
            at: string;
            method: string;
            request_id: string;
            /** @description Its pattern. */
            route: string;
            seconds: number;
            status: number;
            trace_id: string | null;
            /** @description Its page in the tracing tool, where the installation names one. */
            trace_url: string | null;
        };
        Passkey: {
            /** @description Whether it is synchronised, so that it survives the loss of a device. */
            backed_up: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            last_used_at: string | null;
            name: string;
            /** @description The time of a password reset. The passkey works again when its owner confirms it. */
            suspended_at: string | null;
        };
        /** @description AuthenticationResponseJSON of WebAuthn. */
        PasskeyAssertion: {
            authenticatorAttachment?: ("platform" | "cross-platform") | null;
            clientExtensionResults?: {
                [key: string]: unknown;
            };
            /** Format: base64url */
            id: string;
            /** Format: base64url */
            rawId: string;
            response: {
                /** Format: base64url */
                authenticatorData: string;
                /** Format: base64url */
                clientDataJSON: string;
                /** Format: base64url */
                signature: string;
                userHandle?: string | null;
            };
            /** @constant */
            type: "public-key";
        };
        /** @description RegistrationResponseJSON of WebAuthn. */
        PasskeyAttestation: {
            authenticatorAttachment?: ("platform" | "cross-platform") | null;
            clientExtensionResults?: {
                [key: string]: unknown;
            };
            /** Format: base64url */
            id: string;
            /** Format: base64url */
            rawId: string;
            response: {
                /** Format: base64url */
                attestationObject: string;
                /** Format: base64url */
                clientDataJSON: string;
                /** @default [] */
                transports?: string[];
            };
            /** @constant */
            type: "public-key";
        };
        PasskeyCreated: {
            /** @description Whether it is synchronised, so that it survives the loss of a device. */
            backed_up: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            last_used_at: string | null;
            name: string;
            /** @description Recovery codes, shown once, or null when there were some before. */
            recovery_codes: string[] | null;
            /** @description The time of a password reset. The passkey works again when its owner confirms it. */
            suspended_at: string | null;
        };
        /** @description PublicKeyCredentialCreationOptionsJSON of WebAuthn. */
        PasskeyCreationOptions: {
            attestation?: string;
            authenticatorSelection?: {
                requireResidentKey?: boolean;
                residentKey?: string;
                userVerification?: string;
            };
            challenge: string;
            excludeCredentials?: {
                id: string;
                transports?: string[];
                type: string;
            }[];
            extensions?: {
                credProps?: boolean;
            };
            pubKeyCredParams: {
                alg: number;
                type: string;
            }[];
            rp: {
                id?: string;
                name: string;
            };
            timeout?: number;
            user: {
                displayName: string;
                id: string;
                name: string;
            };
        };
        PasskeyList: {
            data: components["schemas"]["Passkey"][];
        };
        PasskeyProof: {
            passkey: components["schemas"]["PasskeyAssertion"];
        };
        /** @description PublicKeyCredentialRequestOptionsJSON of WebAuthn. */
        PasskeyRequestOptions: {
            allowCredentials?: {
                id: string;
                transports?: string[];
                type: string;
            }[];
            challenge: string;
            rpId?: string;
            timeout?: number;
            userVerification?: string;
        };
        PasswordChange: {
            /** Format: password */
            password: string;
        };
        /** @description The reason why a request failed (RFC 9457). */
        Problem: {
            /**
             * @description A stable code by which programs decide.
             * @example http.invalid-input
             */
            code: string;
            /** @description Advice to the caller. */
            detail: string;
            /** @description Only at the token endpoint: the error code of RFC 6749 section 5.2. */
            error?: string;
            /** @description Only at the token endpoint: the same text as `detail`. */
            error_description?: string;
            /** @description The validation errors, when the input is invalid. */
            errors?: components["schemas"]["ValidationError"][];
            /** @description The path of the request. */
            instance: string;
            /** @description The id of the request, as in the header X-Request-Id and in the log. */
            request_id: string;
            status: number;
            /** @description The title, the same for every occurrence of the code. */
            title: string;
            trace_id?: string;
            /**
             * Format: uri
             * @description The address of a page that explains this code.
             */
            type: string;
        };
        ProfilePatch: {
            name?: string;
        };
        ProviderChoice: {
            /** @example google */
            provider: string;
            /** @description Where the front end continues, for example `/settings`. */
            return_to?: string;
        };
        /** @description A public key (RFC 7517) for EdDSA or ES256. */
        PublicKey: {
            /** @enum {string} */
            alg?: "EdDSA" | "Ed25519";
            /** @constant */
            crv: "Ed25519";
            kid: string;
            /** @constant */
            kty: "OKP";
            /** @constant */
            use?: "sig";
            x: string;
        } | {
            /** @constant */
            alg?: "ES256";
            /** @constant */
            crv: "P-256";
            kid: string;
            /** @constant */
            kty: "EC";
            /** @constant */
            use?: "sig";
            x: string;
            y: string;
        };
        Queue: {
            counts: {
                active: number;
                /** @description Jobs that failed for good: see /v1/dead-letters. */
                dead: number;
                /** @description Jobs between two attempts. */
                delayed: number;
                /** @description When a worker last counted; null when none ever did. */
                measured_at: string | null;
                waiting: number;
            };
            /** @description Jobs of the queue that may run at once in all workers together; null for no limit. */
            max_running: number | null;
            name: string;
            /** @description Since the job was enqueued that has waited longest in the queue. */
            oldest_waiting_seconds: number | null;
            outbox: {
                /** @description Due messages that were not dispatched to the queue yet. */
                backlog: number;
                oldest_seconds: number | null;
            };
            /** @enum {string} */
            state: "running" | "paused";
            /** @description The version of state and limit: the ETag for changing them is `"v<version>"`. */
            version: number;
        };
        QueueControl: {
            changed_at: string | null;
            changed_by: string | null;
            /** @description Jobs of the queue that may run at once in all workers together; null for no limit. */
            max_running: number | null;
            name: string;
            /** @description Why the last change was made. */
            reason: string | null;
            /** @enum {string} */
            state: "running" | "paused";
            version: number;
        };
        QueueLimitChange: {
            /** @description Jobs of the queue that may run at once in all workers together; null for no limit. */
            max_running: number | null;
            /** @description Why; kept in the audit log. */
            reason: string;
        };
        QueueList: {
            data: components["schemas"]["Queue"][];
        };
        QueueStateChange: {
            /** @description Why; kept in the audit log. */
            reason: string;
            /** @enum {string} */
            state: "running" | "paused";
        };
        /** @description Shown once. */
        RecoveryCodes: {
            recovery_codes: string[];
        };
        Redrive: {
            /**
             * Format: uuid
             * @description The id of the operation; a dry run has none.
             */
            id?: string;
            /** @description There are more. */
            is_capped: boolean;
            /** @description Dead letters that the filter finds, 10,000 at most. */
            matched: number;
            /** @constant */
            state?: "queued";
        };
        RedriveRequest: {
            /**
             * @description Only count.
             * @default false
             */
            dry_run?: boolean;
            /** @description The dead letters for which all of this holds. An empty filter means all of them. */
            filter: {
                code?: string;
                /**
                 * Format: date-time
                 * @description Exclusive.
                 */
                died_after?: string;
                /**
                 * Format: date-time
                 * @description Exclusive.
                 */
                died_before?: string;
                ids?: string[];
                name?: string;
                queue?: string;
            };
            /**
             * @description Dead letters a second at most.
             * @default 50
             */
            rate_per_second?: number;
            /** @description Why; kept in the audit log. */
            reason: string;
        };
        Registration: {
            /** Format: email */
            email: string;
            name: string;
            /** Format: password */
            password: string;
        };
        ResetConfirmation: {
            /** Format: password */
            password: string;
            token: string;
        };
        ResetRequest: {
            /** Format: email */
            email: string;
        };
        Schedule: {
            /** @description Five fields, or six with the second in front. */
            cron: string;
            /** @description The job that it enqueues, for example users.export. */
            job: string;
            /** @description When its job was last enqueued. */
            last_run_at: string | null;
            /** @description Due for a minute, or for more than two slots, and not enqueued. */
            late: boolean;
            name: string;
            /** @description Null while it is paused. */
            next_run_at: string | null;
            paused: boolean;
            /** @description IANA name of the zone on whose clock the cron is read. */
            time_zone: string;
        };
        ScheduleListView: {
            data: components["schemas"]["Schedule"][];
        };
        SecondFactorProof: {
            /**
             * Format: password
             * @description A code of the authenticator app, or a recovery code.
             */
            code?: string;
            passkey?: components["schemas"]["PasskeyAssertion"];
        };
        /** @description RFC 8414. */
        ServerMetadata: {
            grant_types_supported: string[];
            issuer: string;
            jwks_uri: string;
            response_types_supported: string[];
            scopes_supported: ("clients:self" | "users:read" | "jobs:read" | "ops:read" | "audit:read")[];
            token_endpoint: string;
            token_endpoint_auth_methods_supported: string[];
            token_endpoint_auth_signing_alg_values_supported: string[];
        };
        ServiceClient: {
            /** Format: date-time */
            created_at: string;
            /**
             * Format: uuid
             * @description The client id.
             */
            id: string;
            jwks: {
                keys: components["schemas"]["PublicKey"][];
            };
            name: string;
            scopes: string[];
            /** @enum {string} */
            status: "active" | "disabled";
            /** Format: date-time */
            updated_at: string;
            version: number;
        };
        ServiceClientPage: {
            data: components["schemas"]["ServiceClient"][];
            page: {
                has_more: boolean;
                /** @description The `cursor` of the next page; null on the last page. */
                next_cursor: string | null;
            };
        };
        ServiceClientPatch: {
            jwks?: {
                keys: components["schemas"]["PublicKey"][];
            };
            name?: string;
            scopes?: ("clients:self" | "users:read" | "jobs:read" | "ops:read" | "audit:read")[];
            /** @enum {string} */
            status?: "active" | "disabled";
        };
        ServiceLevel: {
            availability: {
                /** @description 1 is untouched, 0 used up, less is overdrawn. */
                budget_left: number | null;
                burn: {
                    /** @description How many times faster than allowed the budget is used up; 1 lasts for exactly 30 days. Null without requests. */
                    "1h": number | null;
                    /** @description How many times faster than allowed the budget is used up; 1 lasts for exactly 30 days. Null without requests. */
                    "3d": number | null;
                    /** @description How many times faster than allowed the budget is used up; 1 lasts for exactly 30 days. Null without requests. */
                    "5m": number | null;
                    /** @description How many times faster than allowed the budget is used up; 1 lasts for exactly 30 days. Null without requests. */
                    "6h": number | null;
                    /** @description How many times faster than allowed the budget is used up; 1 lasts for exactly 30 days. Null without requests. */
                    "30m": number | null;
                };
                objective: number;
                value: number | null;
            };
            /** @enum {string} */
            class: "reads" | "writes" | "sign-in";
            description: string;
            failed: number;
            latency: {
                /** @description The share of requests that must be faster. */
                objective: number;
                threshold_seconds: number;
                value: number | null;
            }[];
            period_days: number;
            /** @description That count: not refusals by quota, nor clients that left. */
            requests: number;
            runbook: string;
            /**
             * @description By several windows of burn: what must wake somebody, and what can wait for a working day.
             * @enum {string}
             */
            state: "ok" | "ticket" | "page";
        };
        ServiceLevelList: {
            data: components["schemas"]["ServiceLevel"][];
        };
        Session: {
            /** @description The authentication methods (RFC 8176). */
            amr: string[];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /** @description The administrator who acts as this user in this session. */
            impersonator_id: string | null;
            permissions: ("users:read" | "users:write" | "users:impersonate" | "jobs:read" | "jobs:write" | "ops:read" | "ops:write" | "audit:read" | "services:read" | "services:write")[];
            /** @description The time until which sensitive actions are allowed. */
            sudo_until: string | null;
            user: {
                email: string;
                /** Format: uuid */
                id: string;
                name: string;
                /** @enum {string} */
                role: "admin" | "operator" | "viewer" | "member";
            };
        };
        SessionItem: {
            /** Format: date-time */
            created_at: string;
            current: boolean;
            /** @description A name of the device, such as Firefox on Windows, derived from user_agent. */
            device: string | null;
            /** Format: uuid */
            id: string;
            /** @description Whether an administrator acts as this user in this session. */
            impersonated: boolean;
            /** Format: date-time */
            last_seen_at: string;
            user_agent: string | null;
        };
        SessionList: {
            data: components["schemas"]["SessionItem"][];
        };
        SudoByProvider: {
            /**
             * Format: password
             * @description A code of the authenticator app, or a recovery code, when the account has a second factor.
             */
            code?: string;
            /** @example google */
            provider: string;
            /** @description Where the front end continues, for example `/settings`. */
            return_to?: string;
        };
        SudoProof: {
            /**
             * Format: password
             * @description A code of the authenticator app, or a recovery code.
             */
            code?: string;
            passkey?: components["schemas"]["PasskeyAssertion"];
            /** Format: password */
            password?: string;
        };
        Token: {
            /** @description A JWT (RFC 9068). */
            access_token: string;
            /** @description Seconds. */
            expires_in: number;
            scope: string;
            /** @constant */
            token_type: "Bearer";
        };
        TokenProof: {
            token: string;
        };
        TokenRequest: {
            /** @description A JWT signed by a registered key of the client (RFC 7523): `iss` and `sub` the client id, `aud` the token endpoint or the issuer, `exp` at most 60 seconds ahead, and a new `jti` each time. */
            client_assertion?: string;
            /** @description `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`. */
            client_assertion_type?: string;
            /** @description The client id, which the assertion already names. */
            client_id?: string;
            /** @description `client_credentials`. */
            grant_type?: string;
            /** @description Scopes separated by spaces. The default is all scopes of the client. */
            scope?: string;
        };
        TotpConfirmation: {
            /** Format: password */
            code: string;
        };
        TotpEnabled: {
            /** @description Recovery codes, shown once, or null when there were some before. */
            recovery_codes: string[] | null;
        };
        /** @description Shown once. It becomes active when a first code confirms it. */
        TotpEnrolment: {
            /** @description For typing (base32). */
            secret: string;
            /** @description For a QR code (otpauth://). */
            uri: string;
        };
        User: {
            /** Format: date-time */
            created_at: string;
            email: string;
            /** Format: uuid */
            id: string;
            name: string;
            /** @enum {string} */
            role: "admin" | "operator" | "viewer" | "member";
            /** @enum {string} */
            status: "invited" | "active" | "disabled";
            /** Format: date-time */
            updated_at: string;
            version: number;
        };
        UserPage: {
            data: components["schemas"]["User"][];
            page: {
                has_more: boolean;
                /** @description The `cursor` of the next page; null on the last page. */
                next_cursor: string | null;
            };
        };
        UserPatch: {
            name?: string;
            /** @enum {string} */
            role?: "admin" | "operator" | "viewer" | "member";
            /** @enum {string} */
            status?: "active" | "disabled";
        };
        UserSession: {
            /** Format: date-time */
            created_at: string;
            /** @description A name such as Firefox on Windows. */
            device: string | null;
            /** Format: uuid */
            id: string;
            /** @description Whether an administrator acts as this user in this session. */
            impersonated: boolean;
            /** Format: date-time */
            last_seen_at: string;
        };
        UserSessionList: {
            data: components["schemas"]["UserSession"][];
        };
        /** @description One rule that the input breaks, with its place: a pointer, a parameter or a header. */
        ValidationError: {
            /**
             * @example required
             * @example too_small
             */
            code: string;
            detail: string;
            header?: string;
            /** @description The name of a path or query parameter. */
            parameter?: string;
            /**
             * @description The place in the body: a JSON Pointer as URI fragment (RFC 6901 section 6).
             * @example #/items/0/qty
             */
            pointer?: string;
        };
    };
    responses: {
        /** @description The state of the resource does not allow it, or the same request is in progress. */
        Conflict: {
            headers: {
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                /**
                 * @description The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.
                 * @example "default";r=42;t=18
                 */
                RateLimit?: string;
                /**
                 * @description Every policy that applies, with its quota (q) and its window in seconds (w).
                 * @example "default";q=600;w=60, "sudo-address";q=30;w=60
                 */
                "RateLimit-Policy"?: string;
                /** @description Seconds to wait before another attempt. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The caller may not do this, or the request comes from another site. */
        Forbidden: {
            headers: {
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                /**
                 * @description The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.
                 * @example "default";r=42;t=18
                 */
                RateLimit?: string;
                /**
                 * @description Every policy that applies, with its quota (q) and its window in seconds (w).
                 * @example "default";q=600;w=60, "sudo-address";q=30;w=60
                 */
                "RateLimit-Policy"?: string;
                /** @description The authentication schemes of the Authorization header (RFC 9110 section 11.6.1). */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The input breaks a rule. `errors` lists each rule and its place. */
        Invalid: {
            headers: {
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                /**
                 * @description The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.
                 * @example "default";r=42;t=18
                 */
                RateLimit?: string;
                /**
                 * @description Every policy that applies, with its quota (q) and its window in seconds (w).
                 * @example "default";q=600;w=60, "sudo-address";q=30;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests. */
        Limited: {
            headers: {
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The JSON, a header or a cursor of the request is malformed. */
        Malformed: {
            headers: {
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                /**
                 * @description The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.
                 * @example "default";r=42;t=18
                 */
                RateLimit?: string;
                /**
                 * @description Every policy that applies, with its quota (q) and its window in seconds (w).
                 * @example "default";q=600;w=60, "sudo-address";q=30;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The resource does not exist, or the caller may not know that it does. */
        NotFound: {
            headers: {
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                /**
                 * @description The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.
                 * @example "default";r=42;t=18
                 */
                RateLimit?: string;
                /**
                 * @description Every policy that applies, with its quota (q) and its window in seconds (w).
                 * @example "default";q=600;w=60, "sudo-address";q=30;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The resource has changed since the version in If-Match. */
        PreconditionFailed: {
            headers: {
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                /**
                 * @description The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.
                 * @example "default";r=42;t=18
                 */
                RateLimit?: string;
                /**
                 * @description Every policy that applies, with its quota (q) and its window in seconds (w).
                 * @example "default";q=600;w=60, "sudo-address";q=30;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description If-Match is missing. */
        PreconditionRequired: {
            headers: {
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                /**
                 * @description The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.
                 * @example "default";r=42;t=18
                 */
                RateLimit?: string;
                /**
                 * @description Every policy that applies, with its quota (q) and its window in seconds (w).
                 * @example "default";q=600;w=60, "sudo-address";q=30;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Any other problem. */
        Problem: {
            headers: {
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                /**
                 * @description The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.
                 * @example "default";r=42;t=18
                 */
                RateLimit?: string;
                /**
                 * @description Every policy that applies, with its quota (q) and its window in seconds (w).
                 * @example "default";q=600;w=60, "sudo-address";q=30;w=60
                 */
                "RateLimit-Policy"?: string;
                /** @description Seconds to wait before another attempt. */
                "Retry-After"?: number;
                /** @description The authentication schemes of the Authorization header (RFC 9110 section 11.6.1). */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large. */
        TooLarge: {
            headers: {
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                /**
                 * @description The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.
                 * @example "default";r=42;t=18
                 */
                RateLimit?: string;
                /**
                 * @description Every policy that applies, with its quota (q) and its window in seconds (w).
                 * @example "default";q=600;w=60, "sudo-address";q=30;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request is not authenticated. */
        Unauthenticated: {
            headers: {
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                /**
                 * @description The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.
                 * @example "default";r=42;t=18
                 */
                RateLimit?: string;
                /**
                 * @description Every policy that applies, with its quota (q) and its window in seconds (w).
                 * @example "default";q=600;w=60, "sudo-address";q=30;w=60
                 */
                "RateLimit-Policy"?: string;
                "WWW-Authenticate": components["headers"]["WWWAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service cannot answer at the moment. Nothing was changed. */
        Unavailable: {
            headers: {
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                /**
                 * @description The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.
                 * @example "default";r=42;t=18
                 */
                RateLimit?: string;
                /**
                 * @description Every policy that applies, with its quota (q) and its window in seconds (w).
                 * @example "default";q=600;w=60, "sudo-address";q=30;w=60
                 */
                "RateLimit-Policy"?: string;
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The media type of the body is not supported. */
        UnsupportedMedia: {
            headers: {
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                /**
                 * @description The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.
                 * @example "default";r=42;t=18
                 */
                RateLimit?: string;
                /**
                 * @description Every policy that applies, with its quota (q) and its window in seconds (w).
                 * @example "default";q=600;w=60, "sudo-address";q=30;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
        IdempotencyKey: string;
        /** @description The ETag of a known version. The answer is 304 when it is still the current one. */
        IfNoneMatch: string;
        /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
        OptionalIdempotencyKey: string;
    };
    requestBodies: never;
    headers: {
        /** @description The version of the resource, for If-Match and If-None-Match. */
        ETag: string;
        /** @description Present when this is the stored answer of the first request with this Idempotency-Key. */
        IdempotencyReplayed: "true";
        /** @description The next page as rel="next" (RFC 8288), when there is one. */
        Link: string;
        /** @description The path of the created resource, or of the operation that was accepted. */
        Location: string;
        /**
         * @description The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.
         * @example "default";r=42;t=18
         */
        RateLimit: string;
        /**
         * @description Every policy that applies, with its quota (q) and its window in seconds (w).
         * @example "default";q=600;w=60, "sudo-address";q=30;w=60
         */
        RateLimitPolicy: string;
        /** @description Seconds to wait before another attempt. */
        RetryAfter: number;
        /** @description The authentication schemes of the Authorization header (RFC 9110 section 11.6.1). */
        WWWAuthenticate: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getKeySet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeySet"];
                };
            };
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getServerMetadata: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerMetadata"];
                };
            };
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthStatus"];
                };
            };
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthStatus"];
                };
            };
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getStartup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthStatus"];
                };
            };
            422: components["responses"]["Invalid"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: {
                Accept?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    issueApiKey: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApiKey"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedApiKey"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    revokeApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    verifyAuditChain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditChain"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                action?: string;
                /** @description Id of the user or service, or of an administrator who acted as the user. */
                actor?: string;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description Inclusive. */
                from?: string;
                /** @description The number of rows of a page; 20 by default. */
                limit?: number;
                outcome?: "success" | "failure" | "denied";
                /** @description `kind:id` */
                target?: string;
                /** @description Exclusive. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEventPage"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listOpenidProviders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenidProviderList"];
                };
            };
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    signInByOpenid: {
        parameters: {
            query?: {
                /** @description Where the front end continues, for example `/settings`. */
                return_to?: string;
            };
            header?: never;
            path: {
                /** @example google */
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the provider. */
            303: {
                headers: {
                    Location?: string;
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    endSessionsByOpenid: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example google */
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["LogoutRequest"];
            };
        };
        responses: {
            /** @description What the provider had opened has ended. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    completeOpenid: {
        parameters: {
            query?: {
                code?: string;
                error?: string;
                iss?: string;
                state?: string;
            };
            header?: never;
            path: {
                /** @example google */
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the page that the sign-in was begun for, to /second-factor?return_to=… if that is missing, or to /auth-error?code=…&request_id=…. */
            303: {
                headers: {
                    Location?: string;
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getConsole: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Console"];
                };
            };
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                code?: string;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                died_after?: string;
                died_before?: string;
                /** @description The number of rows of a page; 20 by default. */
                limit?: number;
                name?: string;
                queue?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterPage"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getDeadLetter: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a known version. The answer is 304 when it is still the current one. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetter"];
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    discardDeadLetter: {
        parameters: {
            query: {
                /** @description Why; kept in the audit log. */
                reason: string;
            };
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
                /** @description The ETag of the version the change starts from, also in the weak form (`W/"v3"`) that a compressing proxy makes of it. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["Invalid"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    editDeadLetter: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
                /** @description The ETag of the version the change starts from, also in the weak form (`W/"v3"`) that a compressing proxy makes of it. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeadLetterPatch"];
                "application/merge-patch+json": components["schemas"]["DeadLetterPatch"];
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetter"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    discardDeadLetters: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DiscardAllRequest"];
            };
        };
        responses: {
            /** @description Dry run: how many there are. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Discard"];
                };
            };
            /** @description Accepted. */
            202: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Discard"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    redriveDeadLetters: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RedriveRequest"];
            };
        };
        responses: {
            /** @description Dry run: how many there are. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redrive"];
                };
            };
            /** @description Accepted. */
            202: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redrive"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    verifyEmail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenProof"];
            };
        };
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    inspectJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobInspection"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listJobs: {
        parameters: {
            query?: {
                /** @description A field of the payload and a part of its value, in any case of letters: `format:csv`, `filter.role:admin`. Jobs that are done have no payload; fields named like a secret are never searched. */
                argument?: string;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                finished_after?: string;
                finished_before?: string;
                /** @description The number of rows of a page; 20 by default. */
                limit?: number;
                name?: string;
                /** @description Id of the user who enqueued it. */
                owner?: string;
                queue?: string;
                /** @description Seconds from its first attempt until it ended. */
                ran_over?: number;
                ran_up_to?: number;
                /** @description When its first attempt began, exclusive. */
                started_after?: string;
                /** @description Inclusive, as all upper limits here. */
                started_before?: string;
                state?: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dispatched";
                /** @description A part of the code or detail of its problem, in any case of letters. */
                text?: string;
                /** @description Seconds from when it was enqueued until its first attempt. */
                waited_over?: number;
                waited_up_to?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobItemPage"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    cancelJob: {
        parameters: {
            query?: {
                /** @description Why; kept in the audit log. */
                reason?: string;
            };
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted. */
            202: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    watchJob: {
        parameters: {
            query?: never;
            header?: {
                "Last-Event-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description The event of Last-Event-ID was the last one. */
            204: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getJobResult: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    issueToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            400: components["responses"]["Malformed"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getOpsDatabase: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpsDatabase"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listOpsDependencies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpsDependencies"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listOpsDeploys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpsDeployList"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getOpsEconomics: {
        parameters: {
            query?: {
                period?: "15m" | "1h" | "6h" | "24h" | "7d" | "30d";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpsEconomics"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listErrorGroups: {
        parameters: {
            query?: {
                /** @description The number of rows of a page; 20 by default. */
                limit?: number;
                name?: string;
                source?: "request" | "job";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorGroupList"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listOpsJobs: {
        parameters: {
            query?: {
                period?: "15m" | "1h" | "6h" | "24h" | "7d" | "30d";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpsJobReport"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getOpsLogLevel: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a known version. The answer is 304 when it is still the current one. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpsLogLevel"];
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    setOpsLogLevel: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
                /** @description The ETag of the version the change starts from, also in the weak form (`W/"v3"`) that a compressing proxy makes of it. */
                "If-Match": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogLevelChange"];
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpsLogLevel"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    endOpsLogLevel: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
                /** @description The ETag of the version the change starts from, also in the weak form (`W/"v3"`) that a compressing proxy makes of it. */
                "If-Match": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["Invalid"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getOpsOverview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpsOverview"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listOpsRoutes: {
        parameters: {
            query?: {
                period?: "15m" | "1h" | "6h" | "24h" | "7d" | "30d";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpsRouteReport"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listOpsProcesses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpsRuntime"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getOpsSeries: {
        parameters: {
            query: {
                /** @description An attribute of the metric, or `instance`: a line for each of its values, 50 at most. */
                by?: string;
                /** @description Only this process. */
                instance?: string;
                /** @description Only jobs of this name. */
                job?: string;
                /** @description A name from docs/metrics.md, for example `http.server.request.duration`. */
                metric: string;
                period?: "15m" | "1h" | "6h" | "24h" | "7d" | "30d";
                queue?: string;
                /** @description Only this pattern of a route. */
                route?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpsSeries"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listServiceLevels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceLevelList"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listSlowestRequests: {
        parameters: {
            query?: {
                period?: "15m" | "1h" | "6h" | "24h" | "7d" | "30d";
                route?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpsSlowestRequests"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    requestPasswordReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetRequest"];
            };
        };
        responses: {
            /** @description Accepted. */
            202: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            400: components["responses"]["Malformed"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    confirmPasswordReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetConfirmation"];
            };
        };
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listQueues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueList"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    setQueueLimit: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
                /** @description The ETag of the version the change starts from, also in the weak form (`W/"v3"`) that a compressing proxy makes of it. */
                "If-Match": string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueueLimitChange"];
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueControl"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getQueueState: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a known version. The answer is 304 when it is still the current one. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueControl"];
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    setQueueState: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
                /** @description The ETag of the version the change starts from, also in the weak form (`W/"v3"`) that a compressing proxy makes of it. */
                "If-Match": string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueueStateChange"];
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueControl"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description Accepted. */
            202: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            400: components["responses"]["Malformed"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listSchedules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleListView"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listServiceClients: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description The number of rows of a page; 20 by default. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceClientPage"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    registerServiceClient: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewServiceClient"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceClient"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getServiceClient: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a known version. The answer is 304 when it is still the current one. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceClient"];
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    removeServiceClient: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
                /** @description The ETag of the version the change starts from, also in the weak form (`W/"v3"`) that a compressing proxy makes of it. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["Invalid"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    changeServiceClient: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
                /** @description The ETag of the version the change starts from, also in the weak form (`W/"v3"`) that a compressing proxy makes of it. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ServiceClientPatch"];
                "application/merge-patch+json": components["schemas"]["ServiceClientPatch"];
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceClient"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getCurrentServiceClient: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CurrentServiceClient"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description The second factor is missing. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MfaRequired"];
                };
            };
            400: components["responses"]["Malformed"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    revokeOtherSessions: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    revokeSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getCurrentSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    signInWithSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondFactorProof"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Malformed"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getMfaPasskeyOptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyRequestOptions"];
                };
            };
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    signInWithPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyProof"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Malformed"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getSignInPasskeyOptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyRequestOptions"];
                };
            };
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    enterSudo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SudoProof"];
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    enterSudoByOpenid: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SudoByProvider"];
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationUrl"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getSudoPasskeyOptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyRequestOptions"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    exportUsers: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExportRequest"];
            };
        };
        responses: {
            /** @description Accepted. */
            202: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAccepted"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    importUsers: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
                "text/csv": string;
            };
        };
        responses: {
            /** @description Accepted. */
            202: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAccepted"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                email?: string;
                /** @description The number of rows of a page; 20 by default. */
                limit?: number;
                role?: "admin" | "operator" | "viewer" | "member";
                /** @description `-` sorts downwards. */
                sort?: "created_at" | "-created_at" | "name" | "-name";
                status?: "invited" | "active" | "disabled";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    inviteUser: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Invitation"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a known version. The answer is 304 when it is still the current one. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    removeUser: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
                /** @description The ETag of the version the change starts from, also in the weak form (`W/"v3"`) that a compressing proxy makes of it. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["Invalid"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    changeUser: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
                /** @description The ETag of the version the change starts from, also in the weak form (`W/"v3"`) that a compressing proxy makes of it. */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserPatch"];
                "application/merge-patch+json": components["schemas"]["UserPatch"];
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    impersonateUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImpersonationRequest"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    removeSecondFactors: {
        parameters: {
            query: {
                /** @description Why; kept in the audit log and mailed to the user and all administrators, unless it contains a link. */
                reason: string;
            };
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserSessionList"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    endUserSessions: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of a known version. The answer is 304 when it is still the current one. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    changeMe: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
                /** @description The ETag of the version the change starts from, also in the weak form (`W/"v3"`) that a compressing proxy makes of it. */
                "If-Match": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfilePatch"];
                "application/merge-patch+json": components["schemas"]["ProfilePatch"];
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    requestEmailChange: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailChangeRequest"];
            };
        };
        responses: {
            /** @description Accepted. */
            202: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    cancelEmailChange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailChangeProof"];
            };
        };
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    confirmEmailChange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailChangeProof"];
            };
        };
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listIdentities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentityList"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    linkIdentity: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProviderChoice"];
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationUrl"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    unlinkIdentity: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    confirmIdentity: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getMfa: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mfa"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    listPasskeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyList"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    createPasskey: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPasskey"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyCreated"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    removePasskey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    confirmPasskey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    getPasskeyOptions: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyCreationOptions"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    createRecoveryCodes: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    enrolTotp: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    Location: components["headers"]["Location"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotpEnrolment"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    removeTotp: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["OptionalIdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content. */
            204: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    confirmTotp: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TotpConfirmation"];
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotpEnabled"];
                };
            };
            400: components["responses"]["Malformed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["Invalid"];
            429: components["responses"]["Limited"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
}
