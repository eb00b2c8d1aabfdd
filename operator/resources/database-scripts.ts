// What runs before the server: makes its data folder once, and on every start the statements that it begins with.
import type { FiniaInstance } from '../crd/kinds.ts'
import { adminAccount, databaseKeys } from '../names.ts'
import { databasePaths } from './database-settings.ts'

const { data, start, admin, socket } = databasePaths

/** For `mariadb-admin ping`: a local account without a password and without a right, so that a probe leaves no line in the log. */
export const probeAccount = (instance: FiniaInstance) => `${instance.spec.database.names.account}_probe`

/** Succeeds whenever the server answers, even if it says that all connections are taken: a busy server is alive. */
export const pingCommand = (instance: FiniaInstance, timeoutSeconds: number) => [
  'mariadb-admin',
  '--no-defaults',
  '--skip-ssl',
  `--socket=${socket}`,
  `--user=${probeAccount(instance)}`,
  `--connect-timeout=${timeoutSeconds}`,
  'ping',
]

/** The folder is made under another name and gets its own when it is whole, so a cut in the middle leaves nothing to trip over. */
export const initializeScript = (instance: FiniaInstance): string => `set -eu
umask 077
if [ ! -d ${data} ]; then
  rm -rf ${data}.new
  mariadb-install-db --no-defaults --datadir=${data}.new --skip-test-db --skip-name-resolve \\
    --auth-root-authentication-method=socket --auth-root-socket-user=root >/tmp/install.log 2>&1 || { cat /tmp/install.log >&2; exit 1; }
  sync
  mv ${data}.new ${data}
  sync
fi
password=$(sed "s/[\\\\\\\\']/\\\\\\\\&/g" ${admin}/${databaseKeys.admin})
[ -n "$password" ] || { echo "Secret key ${databaseKeys.admin} is empty: give the administrator of the database a password" >&2; exit 1; }
cat >${start}/init.sql <<END
SET SESSION sql_log_bin=0;
CREATE USER IF NOT EXISTS '${adminAccount(instance)}'@'%' IDENTIFIED BY '$password';
ALTER USER '${adminAccount(instance)}'@'%' IDENTIFIED BY '$password';
GRANT ALL PRIVILEGES ON *.* TO '${adminAccount(instance)}'@'%' WITH GRANT OPTION;
CREATE USER IF NOT EXISTS '${probeAccount(instance)}'@'localhost';
DROP USER IF EXISTS ''@'localhost', 'root'@'%', 'root'@'127.0.0.1', 'root'@'::1';
END
`
