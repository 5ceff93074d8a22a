import { Module } from '@nestjs/common';
import { OwnerPermissions, permissionsOf } from '#libs/access';

/** In place of modules/users, which jobs may not know: every owner is an operator. */
class StatedOwners extends OwnerPermissions {
  of() {
    return Promise.resolve(permissionsOf('operator'));
  }
}

@Module({ providers: [{ provide: OwnerPermissions, useClass: StatedOwners }] })
export class StatedOwnersModule {}
