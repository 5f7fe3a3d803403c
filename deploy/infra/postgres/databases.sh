#!/bin/sh
# Runs once, when the volume is empty. Creates a database per service that only the service's own role can connect to.
# The image's entrypoint sources this file when it is not executable, so it sets no shell option but the entrypoint's.
set -e
database() {
  # Passwords come from the environment: every process can read a command line.
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
# The exporter's role sees statistics of all databases, and connects to none of the services'.
PASSWORD=${MONITOR_PASSWORD:?of monitor} psql --username postgres --set ON_ERROR_STOP=1 <<'SQL'
\getenv password PASSWORD
create role monitor login password :'password';
grant pg_monitor to monitor;
grant connect on database postgres to monitor;
SQL
