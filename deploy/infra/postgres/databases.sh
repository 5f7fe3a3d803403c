#!/bin/sh
# Runs once, when the volume is empty: a database for each service that only its own role can connect to. The image's
# entrypoint takes this text into itself when the file is not executable: nothing is set here that it does not set.
set -e
database() {
  # Passwords by the environment: everybody may read a command line.
  NAME=$1 PASSWORD=${2:?of $1} psql --username postgres --set ON_ERROR_STOP=1 <<'SQL'
\getenv name NAME
\getenv password PASSWORD
create role :"name" login password :'password';
create database :"name" owner :"name";
revoke all on database :"name" from public;
SQL
}
database orders "$ORDERS_PASSWORD"
database payments "$PAYMENTS_PASSWORD"
database deliveries "$DELIVERIES_PASSWORD"
psql --username postgres --command 'revoke connect on database postgres, template1 from public'
