#!/bin/sh
# Brings Temporal's two databases to the schema of this admin-tools image. Safe to run again.
set -eu

bring_up_to_date() {
  database=$1 schema=$2
  tool="temporal-sql-tool --plugin postgres12 --ep $POSTGRES_SEEDS --port $DB_PORT --user $POSTGRES_USER --db $database"
  $tool create
  $tool setup-schema -v 0.0
  $tool update-schema -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
}

bring_up_to_date temporal temporal
bring_up_to_date temporal_visibility visibility
