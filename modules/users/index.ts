export { email, personName, UserId, userView } from './users.contract.js';
export { inviteUser, reportRightsChange, type RightsReport } from './users.jobs.js';
export { UsersHttpModule, UsersModule, UsersWorkerModule } from './users.module.js';
export { users } from './users.schema.js';
export { UsersService } from './users.service.js';
