export { email, inviteUser, personName, UserId, userView } from './users.contract.js';
export { UsersHttpModule, UsersModule, UsersWorkerModule } from './users.module.js';
export { users } from './users.schema.js';
export { UsersService } from './users.service.js';
