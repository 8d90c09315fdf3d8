output "repository_url" {
  description = "Where `make push` pushes the image."
  value       = aws_ecr_repository.this.repository_url
}

output "configuration" {
  description = "The command that puts the Spotify credentials where runs read them."
  value = (
    var.config_source == "s3_env"
    ? "aws s3 cp .env ${local.env_file}"
    : "aws secretsmanager put-secret-value --secret-id ${aws_secretsmanager_secret.config[0].name} --secret-string file://config.json"
  )
}

output "bootstrap" {
  description = "The command that creates the database role, once."
  value       = "make bootstrap NAME=${var.name}"
}

output "run_now" {
  description = "The command that starts a run and waits for it."
  value       = "make run-now NAME=${var.name}"
}

output "connect" {
  description = "The command that opens psql as the pipeline's role, inside the VPC."
  value = join(" ", [
    "PGPASSWORD=\"$(aws rds generate-db-auth-token --hostname ${aws_db_instance.this.address}",
    "--port ${aws_db_instance.this.port} --username ${local.database_role}",
    "--region ${data.aws_region.current.name})\"",
    "PGSSLMODE=verify-full PGSSLROOTCERT=rds-ca-bundle.pem",
    "psql -h ${aws_db_instance.this.address} -U ${local.database_role} ${var.database_name}",
  ])
}
